"""The general form of a value, by the name its property gives.

It promises the laws of docs/content.md, "What every general form obeys": a pure function;
applied twice it changes nothing; what does not parse has none; a merged flag gives what each
of its codes gives, and nothing if one gives nothing. Whether it may be shown is the law's.
"""

from collections.abc import Mapping
from types import MappingProxyType

from node.notice import value
from node.notice.general import amounts, codes, names, places, records, times
from node.notice.general.setting import Form, Setting
from node.notice.value import Json

FORMS: Mapping[str, Form] = MappingProxyType(
    {
        "=": records.itself,
        "account": names.account_number,
        "admin1": places.admin1,
        "age_majority": times.age_majority,
        "agency": records.agency,
        "band_majority": times.band_majority,
        "bic": names.bic,
        "birth_date": times.birth_date,
        "birth_place": places.birth_place,
        "consent": records.consent,
        "count": amounts.count,
        "counts": amounts.counts,
        "crossing": places.crossing,
        "email": names.email,
        "external_ref": records.external_ref,
        "handle": records.handle,
        "iban": names.iban,
        "iccid": names.iccid,
        "iccs": codes.iccs,
        "identifier": names.identifier,
        "imei": names.imei,
        "imsi": names.imsi,
        "information": records.information,
        "isic": codes.isic,
        "link": records.link,
        "magnitude": amounts.magnitude,
        "mark": records.mark,
        "means": codes.means,
        "month": times.month,
        "national": records.national,
        "need": codes.need,
        "phone": names.telephone,
        "phone_country": names.telephone_country,
        "plate": names.plate,
        "platform": codes.platform,
        "share": amounts.share,
        "status": codes.status,
        "subregion": places.subregion,
        "tens": amounts.tens,
        "territory": places.territory,
        "vin": names.vin,
        "website": names.website,
        "year": times.year,
    }
)
"""Every general form by the name that `codes/schemas.toml` uses; `-` is none."""
_WHOLE = frozenset({"=", "status"})
"""Forms that read a merged flag as one value."""


def general(name: str, found: Json, setting: Setting) -> Json:
    """Return the general form of a value, or None where it has none.

    Args:
        name: Of the form; `-` has none.
        found: The exact value.
        setting: Where it stands.
    """
    if name == "-" or value.is_unknown(found):
        return None
    joined = value.options(found)
    if not joined or name in _WHOLE:
        return FORMS[name](found, setting)
    folded = [FORMS[name](one, setting) for one in joined]
    if any(one is None for one in folded):
        return None
    distinct = [one for place, one in enumerate(folded) if one not in folded[:place]]
    return distinct[0] if len(distinct) == 1 else value.merged(distinct)
