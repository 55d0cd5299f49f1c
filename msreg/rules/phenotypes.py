"""Which phenotype of multiple sclerosis can follow which, as a table.

Source: Lublin et al. 2013 (doi 10.1212/WNL.0000000000000560) for the phenotypes. That a phenotype never
goes back is the registry's own rule: what was wrong is corrected where it was written (SPEC D1, D2).
"""

from __future__ import annotations

from msreg.vocabulary import Phenotype

TRANSITIONS: dict[Phenotype, tuple[Phenotype, ...]] = {
    Phenotype.RIS: (Phenotype.CIS, Phenotype.RRMS, Phenotype.PPMS),
    Phenotype.CIS: (Phenotype.RRMS,),
    Phenotype.RRMS: (Phenotype.SPMS,),
    Phenotype.SPMS: (),
    Phenotype.PPMS: (),
}


def next_phenotypes(before: str) -> tuple[Phenotype, ...]:
    """The phenotypes that can follow `before`, in the order of the form; none when it is an end."""
    return TRANSITIONS[Phenotype(before)]


def can_follow(before: str, after: str) -> bool:
    """True when `after` is a possible next phenotype; staying the same is not a transition."""
    return after in TRANSITIONS[Phenotype(before)]
