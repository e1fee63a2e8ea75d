import type { Locale } from "./locale.ts";

/** Words of a first message that only one of the languages has. */
export const tellingWords: Readonly<Record<Locale, string>> = {
  en: `hello hi hey good morning afternoon evening i im need want would like please thanks thank you
    ride trip the to from my me can where how much help driver drive passenger book yes go going
    today language price am is and back cancel`,
  fr:
    `bonjour bonsoir salut coucou bjr bsr slt je veux voudrais cherche besoin une un le les des pour
    aller vers chez course trajet chauffeur conducteur passager combien merci sil vous plait svp
    comment suis est ici aide annuler langue oui non jai avec quel prix dun dune mon aujourdhui`,
  rw: `muraho mwaramutse waramutse mwiriwe wiriwe amakuru bite amahoro ndashaka nshaka nkeneye
    urugendo umushoferi umumotari umugenzi kujya njya ngiye ndi aho hano angahe ese murakoze
    nyamuneka mumfashe mfasha ubufasha ururimi yego oya imodoka gutwara kugenda ntwara mfite
    igiciro amafaranga uyu munsi neza cyane gusubira hagarika ndagira ngo mvuye mugire`,
  sw: `habari jambo hujambo mambo vipi niaje shikamoo salama nataka nahitaji naomba safari usafiri
    dereva abiria bodaboda boda pikipiki teksi gari kwenda nenda niko nipo wapi gani yako bei ngapi
    nauli asante tafadhali karibu sana msaada nisaidie lugha ndiyo hapana sawa kutoka hadi mpaka
    ninahitaji nipeleke leo kazi ghairi mimi`,
};
