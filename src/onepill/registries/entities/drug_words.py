"""Words around a drug's name that are not the name: salts, dose forms, routes, doses, in English and Chinese."""

from __future__ import annotations

import re

SALTS = frozenset(
    """
    acetate aluminium aluminum anhydrous arginine aspartate benzathine benzoate besilate besylate bitartrate bromide
    butyrate calcium camsilate camsylate carbonate chloride choline citrate dihydrate dihydrochloride diphosphate
    dimaleate diethylamine dipropionate disodium edisylate ditosylate erbumine esilate esylate estolate etexilate
    ethanolate furoate formate fumarate gluconate glutamate glycinate hemifumarate hemihydrate hemipentahydrate hydrate
    hydrobromide hydrochloride hydrochlorothiazid hydroiodide hydroxide hcl iodide isethionate lactate lysine magnesium
    malate maleate malonate medoxomil meglumine mesilate mesylate methanesulfonate mofetil monohydrate
    monohydrochloride monosodium mononitrate napsilate napsylate nicotinate nitrate olamine oxalate oxide palmitate
    pamoate pentahydrate phosphate pivoxil potassium propionate proxetil saccharate salicylate sesquihydrate sodium
    sorbitol stearate succinate sulfate sulphate tannate tartrate tosilate tosylate trihydrate tromethamine trometamol
    undecanoate valerate xinafoate zinc acetonide hexacetonide diacetate enantate enanthate decanoate cypionate
    hydrogen trifluoroacetate adipate axetil alafenamide disoproxil
    """.split()
)
"""Names of salts, hydrates and esters. Ions alone, such as magnesium sulfate, are drugs: see `ION_DRUGS`."""

ION_DRUGS = frozenset(
    "aluminium aluminum ammonium calcium ferric ferrous iron lithium magnesium potassium silver sodium zinc "
    "barium bismuth strontium gold copper lanthanum cobalt chromium selenium manganese hydrogen nitric nitrous".split()
)
"""First words whose salt is the drug itself: the salt stays."""

FORMS = frozenset(
    """
    aerosol ampoule ampoules ampul autoinjector bolus buccal caplet caplets capsule capsules chewable coated coat cream
    crystal delayed depot diluted dispersible drops drug dry elixir emulsion enteric extended eye film foam
    formulation gas gel granules gum hard hyperbaric immediate implant inhalation inhalational inhalator inhaled inhaler
    injectable injection injections infusion intranasal intravenous intravenously intravitreal intramuscular
    intrathecal intraperitoneal iv im sc lotion lozenge lyophilised lyophilized lyophilisate liposomal liposome liquid
    microneedle modified mouthwash nasal nebulised nebulized nebuliser nebulizer
    nanoliposomal ocular ointment ophthalmic oral orally orodispersible otic parenteral patch pediatric paediatric pen
    pill pills powder prefilled prolonged pre-filled rectal release retard rinse sachet sachets
    soft softgel solution solutions spray subconjunctival subcutaneous subcutaneously sublingual suppositories
    suppository suspended suspension sustained syringe syrup tablet tablets tab tabs cap caps topical
    transdermal vaginal vial vials water xr er sr ir cr pegylated
    active arm arms group groups all cohort dose doses dosing daily once twice bid tid qd qid weekly week weeks q2w q3w
    q4w day days high low medium middle mid single multiple repeated maximum maintenance loading reduced standard
    fixed monotherapy therapy treatment treatments combination combined administration administered regimen
    neoadjuvant adjuvant induction consolidation concurrent generic brand investigational experimental
    product products medicine medication medicinal reference test comparator label open blinded concentrate
    preservative-free preservative free sterile adult adults children child infant infants for of the in a an or
    equivalent as with by
    using given based type from to at per prevention
    """.split()
)
"""Words of dose form, route, release, dosing and trial jargon."""

CODE_NOISE = frozenset("mg mcg g kg ml iu mgkg".split())

DOSE = re.compile(
    r"(?<![a-z0-9-])\d[\d.,]*(?:\s*(?:-|to|or|and|/)\s*\d[\d.,]*)*\s*"
    r"(?:%|mg|mcg|g|kg|ml|l|iu|u|units?|ui|miu|mmol|mcmol|nmol|mci|mbq|gbq|gy|ppm|"
    r"hours?|hrs?|h|weeks?|wks?|months?|minutes?|mins?|x)(?![a-z])"
    r"(?:\s*/\s*(?:\d[\d.,]*\s*)?(?:kg|m2|ml|l|h|hr|day|dose|capsule|tablet|actuation|week|mg|min|vial)(?![a-z]))*"
)
PERCENT = re.compile(r"(?<![a-z0-9])\d[\d.,]*\s*%")
BARE_NUMBER = re.compile(r"(?<![\w-])\d[\d.,]*(?![\w%-])")
BIOSIMILAR = re.compile(r"\b([a-z]+(?:mab|cept|stim|ase|insulin|lispro|aspart|glargine|poetin|kinra))-[a-z]{4}\b")
"""Four letters without meaning after a biologic's name: FDA, Nonproprietary Naming of Biological Products (2017)."""

ZH_SALTS = (
    "盐酸 硫酸氢 硫酸 磷酸 苯磺酸 甲磺酸 甲苯磺酸 对甲苯磺酸 马来酸 富马酸 琥珀酸 枸橼酸 柠檬酸 酒石酸 重酒石酸 草酸 "
    "醋酸 乙酸 氢溴酸 苹果酸 脯氨酸 硝酸 乳酸 羟乙磺酸 二甲苯磺酸 二马来酸 苯甲酸 水杨酸 门冬氨酸 二盐酸 丙氨酸 "
    "葡萄糖酸 棕榈酸 双羟萘酸 乙磺酸 倍他环糊精 半富马酸"
).split()
ZH_SALT_TAILS = tuple("钠 钾 钙 镁 锌 二钠 氨丁三醇 水合物 一水合物 二水合物".split())
ZH_FORMS = tuple(
    "口腔崩解片 口崩片 分散片 缓释片 控释片 肠溶片 薄膜衣片 咀嚼片 泡腾片 舌下片 阴道片 含片 滴丸 软胶囊 "
    "肠溶胶囊 缓释胶囊 胶囊剂 胶囊 片剂 片 颗粒剂 颗粒 干混悬剂 混悬剂 混悬液 口服溶液 口服液 糖浆 滴眼液 眼用凝胶 "
    "滴耳液 滴鼻液 鼻喷雾剂 喷雾剂 气雾剂 粉雾剂 吸入溶液 溶液剂 溶液 乳膏 软膏 凝胶 贴剂 贴片 栓剂 栓 注射液 注射剂 "
    "注射用乳剂 脂肪乳 脂质体 冻干粉针剂 冻干粉 粉针剂 粉针 输液 微球 散 丸 透皮贴片"
    " 缓释微球 胶丸 膜 膏 酊 滴剂".split()
)
ZH_HEADS = tuple("注射用 吸入用 口服 外用 鼻用 眼用 复方 重组人源化 重组人 重组 聚乙二醇化 聚乙二醇 外用重组 ".split())
