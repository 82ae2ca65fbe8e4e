"""Words that tell whether the full stop before or after them ends a sentence."""

from __future__ import annotations

from typing import Final

# Never the last word of a sentence: a name, a case or an example follows.
ALWAYS_BEFORE: Final = frozenset(
    """Mr Mrs Ms Mx Dr Drs Prof Profs Gen Gens Sen Sens Rep Reps Gov Govs Lt Col Capt Cmdr Cpl Sgt Maj Adm Brig Pvt Rev
    Hon Pres Supt Insp Det Atty Amb Msgr Fr Messrs Mme Mlle Mt Ft Ste Wm Geo Chas Thos Spc Ald Asst Assoc
    v vs cf Cf viz e.g i.e eg ie approx Approx incl esp""".split()
)
# Part of a sentence when a number follows, else an ordinary word («the answer is no.»).
BEFORE_NUMBER: Final = frozenset(
    """No Nos no nos Fig Figs fig Vol Vols vol p pp Ch ch Sec sec Art art para c ca tel Tel ext Ext Op
    Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec Mon Tue Tues Wed Thu Thur Thurs Fri Sat Sun
    hrs hr min mins ft lb lbs oz mi km kg yr yrs sq approx Bros Co Inc Corp Ltd St Rd Ave""".split()
)
# May end a sentence or stand inside a name; the next word decides.
MAY_END: Final = frozenset(
    """Inc Corp Ltd Co Cos Bros Plc plc LLC Jr Sr Esq Ave Blvd Rd St Sq Pt Pl Dept Assn Univ Int'l Nat'l al Est Bldg
    Ph.D Tech Mfg Ky Va Pa Calif Mass Conn Fla Ala Ga La Md Mich Minn Miss Mo Ore Tenn Tex Wash Wis Ariz Ark Colo Del Ill
    Ind Kan Neb Nev Okla Vt Ont Que""".split()
)
AFTER_CLOCK: Final = frozenset(
    """Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June July August September
    October November December Jan Feb Mar Apr Jun Jul Aug Sept Sep Oct Nov Dec Mon Tue Tues Wed Thu Thurs Fri Sat Sun
    Eastern Central Mountain Pacific Greenwich Moscow GMT UTC BST CET EST EDT ET PT PST PDT CT CST CDT MT local""".split()
)
# Words that open sentences and hardly ever names, titles or offices («U.S. Under Secretary» keeps «Under» out).
STARTERS: Final = frozenset(
    """The A An In On At By For From With Without After Before During Since Until Till When While Where Why What Who Whose
    How Which If Although Though Because But And Or So Yet Still Then Now Today Yesterday Tomorrow Later Earlier Meanwhile
    However Moreover Nevertheless He She It They We I You His Her Its Their Our My Your This That These Those There Here
    Some Many Most Several Few All Both Each Every No Not Nobody None Neither Nothing Never Either Another Other Others One
    Two Three Four Five Six Seven Eight Nine Ten Is Are Was Were Do Does Did Has Have Had Can Could Would Should As To
    Over Between Among Against Despite According Also Even Only Just Once Last More Much Let Perhaps Maybe Instead Indeed
    Thus Hence Therefore Nor Like Unlike Within Through Throughout Whether Whatever Whoever Everyone Everybody Everything
    Anyone Someone Somebody Something Such Too Soon Back Almost Nearly About Except Asked Don't Didn't Isn't Wasn't Aren't
    Don’t Didn’t Isn’t Wasn’t Aren’t Can't Can’t Won't Won’t""".split()
)
