/**
 * Made-up speech in four languages: words as frequent as in speech (the nth one n times rarer than the first), the common ones
 * real and in several forms, the rare ones of syllables, as names are.
 */

const REAL = {
  en: 'meeting meetings budget invoice invoices doctor doctors holiday holidays painting paintings kitchen windows ladder customers customer deadline printer printing appointment neighbours travelling travelled schedule scheduled interview interviews garden gardening prices price building builders family families weekend battery batteries station medicine birthday ticket tickets lunch roof contract contracts',
  sv: 'mötet möten budgeten faktura fakturor läkare läkaren semester semestern målningar köket fönster stege kunder kunden skrivare tidsplan grannar grannarna resa resor intervju intervjuer trädgård trädgården priser priset byggnad byggare familj familjer helgen batteri batterier stationen medicin födelsedag biljett biljetter lunchen taket avtal avtalet',
  es: 'reunión reuniones presupuesto factura facturas médico médicos vacaciones pinturas cocina ventanas escalera clientes cliente plazo impresora cita vecinos viajando viajes horario entrevista entrevistas jardín jardines precios precio edificio constructores familia familias batería baterías estación medicina cumpleaños billete billetes almuerzo tejado contrato contratos',
  zh: '会议 预算 发票 医生 假期 厨房 窗户 梯子 客户 截止日期 打印机 预约 邻居 旅行 日程 面试 花园 价格 建筑 家庭 周末 电池 车站 药 生日 票 午饭 屋顶 合同 银行 学校 老师 孩子 公司 工作 电话 项目 问题 明天 下午',
} as const;

export type Spoken = keyof typeof REAL;
export const LANGUAGES = Object.keys(REAL) as Spoken[];

const SYLLABLES = 'ka lo mi ren tas vo ri del san fe gor pin ul ber ta no she wi jo dan ek mar'.split(' ');
const CHARACTERS = [
  ...'春夏秋冬山水风云花草树木金银铜铁火土天地人心手足目耳口日月星光明安定东南西北高低大小长短新旧红绿蓝白黑',
];
const WORDS = 5_000;

/** The same numbers in each run. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export class Vocabulary {
  readonly words: readonly string[];
  readonly #language: Spoken;
  readonly #sums: Float64Array;

  constructor(language: Spoken, random: () => number) {
    this.#language = language;
    const parts = language === 'zh' ? CHARACTERS : SYLLABLES;
    const words = new Set<string>(REAL[language].split(' '));
    while (words.size < WORDS) {
      const length = 2 + Math.floor(random() * 2);
      words.add(Array.from({ length }, () => parts[Math.floor(random() * parts.length)]).join(''));
    }
    this.words = [...words];
    this.#sums = new Float64Array(WORDS);
    let sum = 0;
    for (let n = 0; n < WORDS; n++) this.#sums[n] = sum += 1 / (n + 1);
  }

  sentence(random: () => number): string {
    const words = Array.from({ length: 6 + Math.floor(random() * 13) }, () => this.#word(random));
    return words.join(this.#language === 'zh' ? '' : ' ');
  }

  #word(random: () => number): string {
    const wanted = random() * (this.#sums.at(-1) ?? 0);
    let [low, high] = [0, WORDS - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#sums[middle] ?? 0) < wanted) low = middle + 1;
      else high = middle;
    }
    return this.words[low] ?? '';
  }
}
