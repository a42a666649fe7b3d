/** These rules keep sentences that sound like a task from becoming one. */
const negations =
  "(?:not|never|no|nothing|nobody|none|don['’]?t|won['’]?t|can['’]?t|cannot|shouldn['’]?t|needn['’]?t|wouldn['’]?t|couldn['’]?t|didn['’]?t|doesn['’]?t|isn['’]?t|aren['’]?t|haven['’]?t|hasn['’]?t|ain['’]?t)";
export const negated = new RegExp(`(?:^|\\s)${negations}(?!\\p{L})|n['’]t(?!\\p{L})`, 'iu');

/** Matches what is imagined, usual or told about, which nobody has to do. */
export const hypothetical =
  /\b(?:if|unless|whether|suppose|supposing|imagine|pretend|wish|in case|maybe|perhaps|possibly|might|would have|could have|should have|always|usually|often|sometimes|generally|typically|hypothetically|had (?:he|she|they|i|we|you|it)|were (?:i|we) to)\b/iu;
export const reported =
  /\b(?:said|says|say|saying|told|tells|asked|asks|thought|wondered|wrote|writes|replied|cried|exclaimed|answered|whispered|shouted|insisted|promised|heard|quoted|quote|goes|lyrics?|song|poem|movie|quoth|remarked|continued|added|observed)\b/iu;

export const information =
  /^(?:do|does|did|is|are|was|were|am|should|shall|have|has|had|may|must|what|when|where|why|who|whom|which|how|isn['’]?t|aren['’]?t|don['’]?t (?:you|we|they|i))\b/iu;
export const tag = /,?\s*(?:right|okay|ok|yeah|yes|alright|correct|deal|please|thanks)\?\s*$/iu;

/** Matches "Would you mind sending…": a request by its form, unless it asks for something to be said or done on the spot. */
export const wouldYouMind =
  /^(?:would|do) you mind (?!(?:telling|explaining|repeating|saying|waiting|speaking|talking|turning|closing|opening|moving|holding|passing|if)\b)\p{L}+ing\s+\S+/iu;

/** Matches a courtesy that looks like a condition. */
export const courtesy =
  /\b(?:if|when|whenever) (?:you (?:get|have|find) (?:a|the|some)? ?(?:chance|time|minute|moment|second)|you (?:can|could|don['’]?t mind)|possible|that works)(?: for you)?\b/giu;

/** "Can you finish a marathon?" asks about ability; with these verbs even "a" something is asked for. */
export const serviceVerb =
  /^(?:book|send|order|buy|schedule|print|reserve|arrange|email|mail|set up|pick up|draft|prepare|make a|put together|share|write up|text|forward|organi[sz]e|find out)\b/iu;
/** Matches a definite thing or person behind the verb. Without one ("pay by card", "order online") it is no request. */
export const definite =
  /^\p{L}+(?:[ -](?:up|out|off|in|back|to|with|at|into|over|through|after|about|on|for|down|around|round))* (?:me|us|him|her|them|it|the|my|our|your|his|their|this|that|these|those|all|if|whether|everyone|everybody|\p{Lu}[\p{L}'’-]+)(?![\p{L}])/u;
/** Matches everyday verbs that ask for something when they are said to someone. */
export const askedLoose = /^(?:meet|bring|take|come by|stop by|swing by|give|let (?:me|us) know)\b/iu;

/** Matches phrases in which "you" means anyone. */
export const anyone =
  /\b(?:when|whenever|every time|once|in those days|back then|these days|nowadays|in general)\b/iu;
export const purpose =
  /\s(?:in order )?to (?:win|finish|get|become|be|make|have|succeed|play|enter|join|see|use|go|pass|reach|unlock|earn|avoid|survive|understand)\b/iu;

/** Matches idioms, whose verb does not mean what it says. */
export const idiom =
  /^(?:pay (?:attention|any|the price|a price|a compliment|(?:you|him|her|them) a|tribute|respects?|a visit|homage|for (?:that|this|it))|check (?:out|this out|that out|it out|in with|yourself)|buy (?:that|this|into|time|some time)|fix (?:you|me|the world)|sign off|post(?:pone)? mortem|return to|send (?:shivers|chills|love|men)|follow up on (?:that )?(?:point|thought|dreams?)|write off|order in|share (?:a story|something|my screen|a few|one)|clean up (?:his|her|their|my|your) act|review (?:what|how|the basics)|write (?:that|this|it) down|complete(?:ly)? (?:the square|me))\b|\b(?:dreams?|soul|destiny|faith|privilege|(?:every|each) (?:day|week|morning|night|time)|in this (?:lecture|chapter|video|episode|talk|course|section|paper))$/iu;
/** Matches what may follow "call him": a time, a reason or nothing. A name or a noun would be what he is called. */
export const afterPronoun =
  /^(?:him|her|them|us|you|me)(?:$|[.,!?;:]|\s(?:back|up|a week|a fortnight|in|tomorrow|today|tonight|on|at|in|before|after|by|when|once|and|about|to|this|next|later|again|now|first|soon|right|as|if|for|please|monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b)/iu;

/** Matches verbs of what happens to people or goes on in them; nobody ticks these off, even with a date. */
export const stative =
  /^(?:be|been|being|have been|see|know|hear|feel|smell|taste|look (?:like|forward)|love|like|hate|miss|hope|wish|want|need|believe|think|guess|bet|suppose|imagine|understand|mean|seem|appear|become|die|live|survive|win|lose|sleep|nap|rest|relax|wait|stay|sit|stand|eat|dine|drink|dream|laugh|cry|smile|enjoy|remember|forget|regret|admit|confess|say|tell you|argue|swear|assume|agree|remain|last|happen|rain|snow|turn (?:into|out)|fall|suffer|worry|care|mind|face|try|wake|get (?:to|better|worse|older|tired|used|married|home|there|up|lost|sick|away|back in)|make it|come(?! (?:by|over|back to))|arrive|run out|hang out|party|celebrate)(?![\p{L}'’])/iu;
/** Matches places without a determiner: "I'm going to bed at ten" promises nothing. */
export const destination =
  /^(?:bed|work|school|church|town|college|university|hospital|jail|prison|lunch|dinner|breakfast|court|class|practice|yoga|therapy|market|mass|sea|war|sleep|heaven|hell|rehab|camp)(?:\s+(?:at|on|by|in|until|before|after|tomorrow|today|tonight|this|next|early|late)\b|[.,!?]|$)/iu;
/** Matches a first word behind a cue that is no verb: "I'm going to the beach", "you must very soon". */
export const noVerb =
  /^(?:the|a|an|my|our|your|his|her|its|their|this|that|these|those|some|any|every|all|both|it|him|them|us|me|you|in|on|at|by|to|for|with|of|from|about|into|over|under|after|before|and|or|but|so|very|not|never|also|there|here|now|then|soon|maybe|perhaps|probably|tomorrow|today|tonight|next|last|one|two|three)(?![\p{L}'’])/iu;
/** Matches needs that pass by themselves. */
export const passingNeed =
  /^(?:a|an|some|more|another|my)\s+(?:\p{L}+\s+)?(?:minute|moment|second|break|rest|nap|hug|drink|coffee|tea|beer|shower|snack|sleep|holiday|vacation|day off|change|time|luck|miracle)\b/iu;
