import type { Category } from '../understanding.ts';

/** Lists sentences as people say them, because the model compares sentences far better with sentences than with words. */
export const categoryExamples: Record<Exclude<Category, 'other'>, readonly string[]> = {
  personal: [
    'I have been thinking about my own habits and goals lately.',
    'I want to change my daily routine and write in my diary.',
  ],
  education: [
    'The students have an exam and homework for this course.',
    'The teacher explained the lesson to the class at school.',
    'She is applying to university to study for a degree.',
  ],
  health: [
    'The doctor prescribed medicine for my pain.',
    'I have an appointment at the hospital for a blood test.',
    'Eating healthy food and exercising helps you sleep better.',
  ],
  finance: [
    'I put my savings in the bank and pay off the loan.',
    'We invest in stocks and bonds for retirement.',
    'How much tax do I pay on my income this year?',
  ],
  legal: [
    'The lawyer reviewed the contract before the court hearing.',
    'They are suing for breach of contract and the judge will decide.',
  ],
  philosophy: [
    'What is the meaning of existence and do we have free will?',
    'Philosophers argue about ethics, truth and the nature of knowledge.',
  ],
  spiritual: ['We prayed at church and thanked God.', 'Meditation and faith bring my soul peace.'],
  science: [
    'The experiment tested a hypothesis in the laboratory.',
    'Physicists measured the particles and biologists studied the cells.',
    'Researchers discovered a new planet with a telescope.',
  ],
  entrepreneurship: [
    'Our startup is raising money from investors to launch the product.',
    'The founders pitched their company to venture capital.',
  ],
  parenting: [
    'The baby would not sleep and needed a diaper change.',
    'My toddler throws tantrums and I worry about bedtime and screen time for the kids.',
  ],
  romantic: ['I love you and I want to marry you.', 'We went on our first date and he kissed me.'],
  travel: [
    'We booked flights and a hotel for our vacation.',
    'The train to the airport leaves early and we need our passports.',
    'We visited the beach and the old town on our trip.',
  ],
  inspiration: [
    'Never give up on your dreams, keep trying and believe in yourself.',
    'You can achieve great things if you have courage.',
  ],
  technology: [
    'The server crashed because of a bug in the software.',
    'I installed the new app on my phone and updated the computer.',
    'Artificial intelligence models need data and computing power.',
  ],
  business: [
    'The company increased its sales and revenue from customers.',
    'We negotiated a deal with the supplier and the client signed.',
    'Our marketing strategy targets new customers.',
  ],
  social: [
    'We invited friends to the party on Saturday night.',
    'Let us have drinks and dinner together with everybody.',
  ],
  work: [
    'The team meeting is about the project deadline and the report.',
    'My manager asked me to finish the presentation for the office.',
    'We need to assign the tasks and review the status of the project.',
  ],
  sports: [
    'The team won the match and scored two goals.',
    'The player ran fast and the coach was happy with the game.',
  ],
  politics: [
    'The president and the senate voted on the new law.',
    'The election campaign was about the government and its citizens.',
    'My fellow citizens, our country and its freedom depend on us.',
  ],
  literature: [
    'The novel tells the story of its heroine in beautiful prose.',
    'The author wrote a book of poems.',
  ],
  history: [
    'The ancient empire fell after a long war centuries ago.',
    'The king ruled in the eighteenth century until the revolution.',
  ],
  architecture: [
    'The architect designed the building with a glass facade.',
    'The cathedral has stone arches and tall columns.',
  ],
  music: [
    'The band played a song with guitar and drums.',
    'I practise the piano and sing in a choir at concerts.',
  ],
  weather: [
    'It will rain tomorrow and the temperature will drop.',
    'The storm brought snow and strong wind.',
  ],
  news: [
    'Breaking news: reporters say that the police are investigating.',
    'According to the newspaper headline this morning there was an accident.',
  ],
  entertainment: [
    'We watched a movie and the actor was funny.',
    'The new season of that television show is great.',
    'I played a video game all evening.',
  ],
  psychology: [
    'My therapist says my anxiety comes from childhood trauma.',
    'Emotions and the mind shape human behavior.',
  ],
  real: [
    'The apartment has two bedrooms and the rent is high.',
    'The real estate agent showed us a house and we made an offer on the mortgage.',
  ],
  design: [
    'The designer chose the colors and the font for the logo.',
    'We sketched the user interface layout and the icons.',
  ],
  family: [
    'My mother and my sister are coming to visit grandma.',
    'My brother and his wife had dinner with our parents.',
  ],
  economics: [
    'Inflation and unemployment rose while the central bank raised interest rates.',
    'Supply and demand determine prices in the market economy.',
  ],
  environment: [
    'Climate change and pollution threaten the forests and the oceans.',
    'We should recycle and use renewable energy to reduce emissions.',
  ],
};
