import type { Category } from '../../src/meaning/understanding.ts';

export const talks: readonly (readonly [Category, string])[] = [
  [
    'work',
    "Morning everyone. Let's get started with the status update. The migration slipped by two weeks because the staging environment was down. Maria still has to finish the slides for the quarterly review. The manager wants the report before the deadline.",
  ],
  [
    'health',
    "How long have you had the headache? About five days now and the pills don't help. I'd like to run a blood test and check your blood pressure. Come back to the clinic next week. Try to sleep more and drink water.",
  ],
  [
    'travel',
    'Our flight leaves at seven so we should be at the airport by five. The hotel in Lisbon is right by the beach. We can take the train to Porto on the third day. Do you have your passport?',
  ],
  [
    'sports',
    'Did you see the game last night? They scored in the last minute. The goalkeeper was terrible. I think the coach will be fired. We play again on Sunday.',
  ],
  [
    'technology',
    'The database keeps running out of connections. I think the bug is in the new release of the app. We could roll back the server. The logs show a memory leak. Python is slow here.',
  ],
  [
    'finance',
    'My mortgage payment went up again. I moved some savings to an index fund. The bank charges fees on the credit card. I need to file my taxes.',
  ],
  [
    'family',
    "Mom called yesterday about grandma's birthday. My sister is bringing the kids. Dad wants to cook for everyone. Uncle Joe is driving up with the cousins.",
  ],
  [
    'parenting',
    "The baby woke up three times last night. We tried a new bedtime routine. The pediatrician says he's teething. Are you still breastfeeding? My toddler hates vegetables.",
  ],
  [
    'weather',
    "It's pouring outside. They say it will snow tomorrow. It was so hot last week. The wind nearly blew me over.",
  ],
  [
    'music',
    'I started learning the guitar. That song has a great bass line. The concert was sold out. She sings beautifully. The drummer was off beat.',
  ],
  [
    'politics',
    'The senator voted against the bill. The election is in November and the polls are close. The president gave a speech about immigration. Congress is stuck.',
  ],
  [
    'education',
    "My final exam is on Thursday and I haven't studied. The professor gave us too much homework. I want to get into a good college. The lecture on algebra was confusing.",
  ],
  [
    'entertainment',
    "Have you watched the last episode? The actor who plays the detective is brilliant. That movie was way too long. Let's see the new comedy at the cinema.",
  ],
  [
    'real',
    'The house has three bedrooms and a garden. The landlord raised the rent. The realtor says we should make an offer soon. The apartment is near the subway.',
  ],
  [
    'legal',
    'My lawyer says the judge will rule on Monday. They filed a lawsuit over the patent. We signed a settlement. The witness testified in court.',
  ],
  [
    'science',
    'The telescope found water on an exoplanet. The cells in the experiment died. We measured the particles with a laser. The paper was published in Nature and the hypothesis was wrong.',
  ],
  [
    'romantic',
    "I can't stop thinking about you. Our first date was magical. Will you marry me? I love you so much. He kissed me in the rain.",
  ],
  [
    'spiritual',
    'We went to church on Sunday. I pray every morning. The priest talked about forgiveness. God has a plan.',
  ],
  [
    'environment',
    'Carbon emissions are still rising. The forests are burning. We should use less plastic and recycle more. The glaciers are melting because of climate change.',
  ],
  [
    'economics',
    'Inflation is at five percent. The central bank raised the interest rate. Unemployment is low but wages are flat. Tariffs make imports expensive.',
  ],
  [
    'history',
    'The Roman empire fell in the fifth century. Napoleon lost the battle of Waterloo. The treaty ended the war. The kings built castles.',
  ],
  [
    'design',
    "The logo should be blue. I don't like that font. The buttons on this page are too small. Let's sketch the layout again.",
  ],
  [
    'psychology',
    'My therapist thinks I have anxiety. I feel depressed since we broke up. Childhood trauma shapes how we behave. I get panic attacks.',
  ],
  [
    'entrepreneurship',
    'We are raising a seed round. The investors liked the pitch. Our startup has six months of runway. My cofounder wants to pivot.',
  ],
  [
    'social',
    'Are you coming to the party on Saturday? Everyone from college will be there. We had drinks until two. Bring a friend.',
  ],
  [
    'business',
    'Sales are up ten percent. The customer wants a discount. We need a better marketing campaign. The supplier raised prices. The deal closed.',
  ],
  [
    'literature',
    'I just finished the novel by Tolstoy. The poem is about loss. The author uses long sentences. My book club is reading Austen.',
  ],
  [
    'philosophy',
    'Do we have free will? Kant thought morality comes from reason. What is consciousness? Maybe life has no meaning.',
  ],
  [
    'architecture',
    'The building has a concrete facade. The architect put skylights in every room. The arches of the cathedral are Gothic. The blueprint is wrong.',
  ],
  [
    'news',
    'Did you read the headlines? The police arrested a suspect. There was an earthquake in Chile according to the reporters. The newspaper says twelve people were injured.',
  ],
  [
    'inspiration',
    'You have to believe in yourself. Every failure is a step to success. Never give up. Follow your dreams.',
  ],
  [
    'personal',
    "I've been trying to wake up earlier. I wrote in my journal about my goals. I want to be more disciplined this year. I need some time for myself.",
  ],
  ['other', "Hand me that one. No, the other one. Yes, there. A bit to the left. That's fine."],
  ['other', 'One zero zero zero one nine oh two one oh. Two two seven four. Nine nine one.'],
  ['other', 'Is it on? Yes I think so. Can you hear me? Testing testing.'],
  [
    'other',
    'The thing is behind the box. Put it over there. Wait. It fell again. Which one? The blue one on top.',
  ],
  [
    'other',
    "I'd like two coffees and a croissant please. Anything else? No that's all. Seven fifty. Keep the change.",
  ],
  [
    'other',
    'He was not an ill disposed young man unless to be rather cold hearted and rather selfish is to be ill disposed.',
  ],
];
