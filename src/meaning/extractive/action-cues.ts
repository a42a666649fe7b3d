/**
 * Holds the closed lists behind action items. A verb that is not listed makes no task, which keeps false tasks rare.
 */
const alternatives = (words: string): string =>
  words
    .trim()
    .split(/\s*\n\s*|\s*,\s*/)
    .join('|');

/** These verbs by themselves promise a result that somebody can tick off. */
export const taskVerb = `(?:${alternatives(`
  send,resend,email,e-mail,mail,text,message,forward,submit,upload,download,share,publish,post,print,scan,sign
  book,schedule,reschedule,arrange,organize,organise,set up,reserve,cancel,confirm,renew,register,sign up,apply for,rsvp,invite
  buy,order,purchase,pick up,drop off,return,refund,replace,deliver,ship,pay,transfer,deposit,invoice,reimburse,refill
  write up,write,draft,prepare,finish,finalize,finalise,complete,update,revise,edit,proofread,document,summarize,summarise
  review,check,double check,double-check,verify,test,fix,repair,debug,deploy,install,upgrade,configure,migrate,merge,clean up,clean,back up
  contact,reach out to,follow up,get back to,circle back,report back,let you know,let them know,let her know,let him know,let everyone know,notify,remind,loop in
  fill out,fill in,hand in,turn in,file,assign,delegate,hire,interview,water,vacuum,mow,feed the,walk the dog,take out the trash,take out the garbage
  make an appointment,make a reservation,make a list,make an agenda,put together,look into,find out,figure out,sort out,research,investigate
  get in touch with,get a quote,get quotes,compile,collect
`)})`;

/** These verbs make a task only with somebody or something definite behind them; "call it a day" and "ask not" are none. */
export const callVerb =
  '(?:call(?: up| back)?|phone|ring|ask|talk to|speak to|speak with|talk with|check with)';

/** These verbs are used for everything, so they make a task only with a time. */
export const looseVerb = `(?:${alternatives(`
  meet,get together,catch up,sync,sync up,regroup,meet up,talk,discuss,chat,speak,go over,look at,work on,visit,come by,come over,stop by,swing by
  bring,take,get,grab,pick,make,do,have(?! to),give,start,begin,put,move,go,be there,leave,attend,present,pack,drive,fly,study,read,practice,practise,cook,plan,decide,wrap,add,let me know,let us know,be at,be ready,be back,drop
`)})`;

const adverbs =
  '(?:(?:also|just|please|probably|definitely|quickly|kindly|still|really|go ahead and|try to|remember to|be sure to|make sure to)\\s+)*';
const person = '(?:i|we)';

export interface Cue {
  name: string;
  pattern: RegExp;
  /** After this cue any verb makes a task. */
  anyVerb?: true;
  /** Somebody else's promise is worth noting only with its date: "Anna will send it by Friday". */
  needsDate?: true;
  /** Requests stay requests when they end in a question mark. */
  asked?: true;
}

const cue = (pattern: string): RegExp => new RegExp(`^${pattern}\\s+${adverbs}`, 'iu');

/** Matches somebody who needs something by a day: "QA needs the build by Wednesday", "my boss wants the contract on Friday". */
const needy =
  "(?:[Ii]|[Ww]e|[Tt]hey|[Hh]e|[Ss]he|(?!(?:[Ee]very|[Ss]ome|[Aa]ny|[Nn]o|[Mm]ost|[Pp]eople)\\p{L}*\\b)(?:\\p{Lu}[\\p{L}\\p{N}&'’-]*|(?:[Tt]he|[Mm]y|[Oo]ur|[Yy]our|[Hh]is|[Hh]er|[Tt]heir) (?:\\p{Ll}+ )?\\p{L}+))";

export const cues: readonly Cue[] = [
  {
    name: 'reminder',
    pattern:
      /^(?:please )?(?:(?:don['’]?t|do not) (?:let me |let us )?forget (?:to|about|that)|set (?:a|me a) reminder (?:to|for)|remember to|(?:can you |could you |please )?remind (?:me|us) (?:to|about|that)|note to self:?|(?:i|we|you) (?:must not|mustn['’]t|can['’]t) forget (?:to|about)|(?:make|be) sure(?: (?:to|(?:that )?(?:you|we))|(?: that)?(?= (?:he|she|they|it|the|my|our|your|his|her|their|\p{Lu}\p{Ll}+)\s))|action item:?|to-?do:)\s+/iu,
    anyVerb: true,
    asked: true,
  },
  {
    name: 'need',
    pattern: cue(
      `(?:${person} (?:really |still |also |probably |definitely )?(?:need to|have to|must|should|ought to|gotta|got to)|${person}['’]ve got to|${person}['’]d better|${person}(?:['’]ll| will|['’]re going to|['’]m going to) (?:need|have) to|(?:somebody|someone|one of us) (?:needs to|has to|should|must))`,
    ),
  },
  {
    name: 'promise',
    pattern: cue(
      `(?:${person} (?:will|promise(?: you)? to|swear to)|${person}['’]ll|i['’]?m (?:going to|gonna)|i am going to|we['’]?re (?:going to|gonna)|we are going to|let me)`,
    ),
  },
  {
    name: 'duty',
    pattern: cue(
      "(?:you['’]ve got to|you (?:gotta|got to)|you(?:['’]ll| will)? (?:really |still |also |probably )?(?:need to|have to|must|should|ought to)|you['’]d better)",
    ),
  },
  {
    name: 'deadline',
    pattern:
      /^(?:[Tt]he|[Mm]y|[Oo]ur|[Yy]our|[Hh]is|[Hh]er|[Tt]heir|[Tt]his|[Tt]hat|[Tt]hese|[Tt]hose) (?:\p{L}+ ){1,3}(?:needs? to|has to|have to|must|should|ought to)\s+/u,
    needsDate: true,
  },
  { name: 'request', pattern: cue('(?:can|could|would|will) you'), asked: true },
  {
    name: 'request',
    pattern: cue(
      "(?:i['’]?d like you to|i would like you to|i need you to|i want you to|(?:it would be (?:great|good|nice|helpful)|i['’]?d appreciate it|i would appreciate it) if you (?:could|can))",
    ),
    asked: true,
  },
  {
    name: 'duty',
    pattern: new RegExp(
      `^${needy} (?:really |still |also )?(?:wants?|needs?|expects?|asked|would like|['’]d like) (?:you|me|us) to\\s+`,
      'u',
    ),
    needsDate: true,
  },
  { name: 'request', pattern: cue('please'), asked: true },
  { name: 'proposal', pattern: cue("(?:let['’]s|let us)") },
  { name: 'step', pattern: cue('(?:the |our |my )?(?:next|first) (?:step|thing|action) is to') },
  { name: 'asking us', pattern: cue('(?:can|could) we'), asked: true, needsDate: true },
  { name: 'offer', pattern: cue(`${person} can`), needsDate: true },
  {
    name: 'wanted',
    pattern: new RegExp(
      `^${needy} (?:really |still |also )?(?:needs?|wants?|requires?|expects?) (?!(?:to|you|us|me|him|her|from)(?![\\p{L}'’]))`,
      'u',
    ),
    needsDate: true,
  },
  {
    name: 'third',
    pattern: cue("\\p{Lu}[\\p{Ll}'’-]+ (?:will|is going to|needs to|has to|should|must)"),
    needsDate: true,
  },
];

/** Matches hesitation and address before the cue: "Okay, so Anna, can you…", "I think we should…". */
export const leadIn =
  /^(?:[\s,.–—-]*(?:(?:okay|ok|so|well|alright|all right|right|great|good|perfect|cool|sure|yes|yeah|yep|no problem|oh|ah|um|uh|er|hey|hi|also|and|but|then|anyway|actually|basically|now|first(?! thing)|second|finally|lastly|next|sorry|thanks|thank you|in that case|meanwhile|either way|before i forget|by the way|just)\b[,:]?|(?:i (?:think|guess|believe|suppose|promise(?! (?:you )?to))|it looks like|sounds like)(?: that)?\b))+[\s,]*/iu;

/** The object of a bare order, which begins a sentence. Without this rule "order prices rose" would be an order. */
const object =
  "(?:the|a|an|my|our|your|his|her|their|this|that|these|those|me|him|them|us|it|all|some|two|three|both|everyone|everybody|mom|mum|dad|\\p{Lu}[\\p{L}'’-]+)";
const orderVerb = taskVerb.replace(
  /\|(?:text|test|water|fix|share|return|feed the|find out|research|add|post|ship|clean|write|get quotes|sign|file|print|register|document)(?=\||\))/g,
  '',
);
export const bareOrder = new RegExp(
  `^(?:(?:${orderVerb}|phone)\\s+${object}|(?:ask|tell|remind) (?:him|her|them|mom|mum|dad|\\p{Lu}[\\p{L}'’-]+) (?:about|for|to|if|whether)|(?:text|message) (?:me|us|him|her|them))(?![\\p{L}'’])`,
  'u',
);
/** Matches "Bring the slides on Monday". */
export const looseOrder = new RegExp(
  `^(?:${looseVerb}|sign|file|print|write|text|add|fix|share|return)\\s+${object}(?![\\p{L}'’])`,
  'u',
);

/** Chores need a time or a definite thing to be told from other speech. */
const chores = alternatives(`
  cut,paint,charge,lock,unlock,close,open,turn on,turn off,turn up,turn down,switch on,switch off,wash,iron,fold,empty,hang,hang up,mend,measure,sew,bake,defrost,freeze,unplug,plug in,boil,peel
  translate,transcribe,rehearse,record,delete,remove,rename,reset,restart,reboot,release,push,pull,tag,ping,nudge,chase,fax,mark,grade,label,sort,count,brief,train,sweep,dust,polish,trim,prune,plant,rake,shovel
  vaccinate,walk,feed,bathe,groom,load,unload,unpack,assemble,dismantle,install,mount,drill,sand,varnish,oil,grease,inflate,rotate,swap,exchange,collect,fetch,carry,lift,store,stack,tidy,tidy up
  copy,paste,print out,laminate,staple,bind,frame,archive,label,encrypt,rotate,revoke,renew,raise,lower,approve,reject,accept,decline,escalate,close out,wrap up,sum up,clear,clear out,dispose of,recycle,donate,sell,list,repaint,rinse,rinse out,scrub,hem,seal,sharpen,tighten,unblock,descale,bleed,wax,mulch,restring
`);
/** Matches "Paint the fence on Saturday". */
export const datedOrder = new RegExp(`^(?:${chores}|${looseVerb})\\s+${object}(?![\\p{L}'’])`, 'iu');
/** Matches "We have to repaint the hallway": with a definite thing it needs no time. */
export const chore = new RegExp(
  `^(?:${chores})\\s+(?:the|my|our|your|his|her|their|these|those)(?![\\p{L}'’])`,
  'iu',
);
/** Matches "Reconcile the accounts by Friday, please": whatever the verb, "please" shows that it is asked for. */
export const politeOrder = new RegExp(`^\\p{L}+\\s+${object}(?![\\p{L}'’]).*[,\\s]please[.!]*$`, 'iu');

/** Matches a person or an office after a call verb, but not "it", "not", "what" or "me" ("call me Ann" gives a name). */
export const someone =
  /^(?:him|her|them|us|you|me back|back|the|a|an|my|our|your|his|their|mom|mum|dad|grandma|grandpa|everyone|everybody|someone|customer|tech|\p{Lu}[\p{L}'’-]+)(?![\p{L}])/u;

/** Matches a time that opens the clause before its cue: "First thing tomorrow I'll…". */
export const leadTime =
  /^(?:(?:and|so|then),? )?(?:first thing )?(?:(?:by|on|before|until) (?:the )?)?(?:tomorrow|tonight|today|later|this (?:morning|afternoon|evening|week)|next week|(?:next )?(?:mon|tues|wednes|thurs|fri|satur|sun)day|end of (?:day|the week|the month))(?: (?:morning|afternoon|evening|night))?,?\s+(?=\p{L})/iu;
