"""Cases of what is signed, sealed and logged: heads, entries, labels, trees, notes, seals."""

from collections.abc import Iterator

from node.sealing import stanza_info
from tests.vectors.content_cases import Case
from tests.vectors.drawn import (
    CHECKPOINT,
    CONTENT,
    LOG,
    ORIGIN,
    PASSPHRASE,
    PEER,
    SECRET,
    SENDER,
    SIGNER,
    TERMS,
    head,
    sealing_key,
)
from valija.clock import Day, Minute
from valija.envelope import Stanza, recipient_leaves
from valija.head import Entry, item_leaf
from valija.ids import (
    ZERO_DIGEST,
    Desk,
    Digest,
    Kind,
    LabelId,
    Member,
    NoticeId,
    Office,
    digest,
)
from valija.label import Label, base
from valija.merkle import Tree, leaf_hash, root
from valija.opening import derive_terms_key
from valija.signature import BATCH_CONTEXT, POSSESSION_CONTEXT
from valija.wire.label import label_bytes

Drawn = dict[str, bytes]
_SIZES = (1, 2, 3, 7, 8, 64)


def head_cases(drawn: Drawn) -> Iterator[Case]:
    """Yield heads, entries and leaves."""
    data = head().to_bytes()
    entry = Entry(Minute(29_900_000), data, digest(drawn["value"])).to_bytes()
    yield {
        "comment": "the head of a batch of two, and its entry",
        "expect": "ok",
        "data": data.hex(),
        "entry": entry.hex(),
        "leaf": leaf_hash(entry).hex(),
    }
    for comment, changed in (
        ("cut", data[:-1]),
        ("grown", data + b"\0"),
        ("another domain", b"valija/v1 entry\0" + data[16:]),
        ("office 0", data[:25] + b"\0" + data[26:]),
        ("a member of no bytes", data[:17] + bytes(8) + data[25:]),
        ("number 0", data[:42] + bytes(8) + data[50:]),
        ("65 items", data[:82] + b"\0\x41" + data[84:]),
    ):
        yield {"comment": comment, "expect": "malformed", "data": changed.hex()}


def item_cases(_: Drawn) -> Iterator[Case]:
    """Yield leaves of items, by kind and readers."""
    for kind, to in ((Kind.LABEL, ()), (Kind.RECEIPT, (SENDER,)), (Kind.KEY, (SENDER, PEER))):
        yield {
            "comment": kind.name,
            "expect": "ok",
            "kind": int(kind),
            "to": [str(desk) for desk in to],
            "payload": b"payload".hex(),
            "leaf": item_leaf(kind, to, b"payload").hex(),
        }


def tree_cases(_: Drawn) -> Iterator[Case]:
    """Yield roots, and a path of each kind."""
    leaves = [leaf_hash(bytes([at])) for at in range(max(_SIZES))]
    tree = Tree(leaves)
    for size in _SIZES:
        yield {
            "comment": f"{size} leaves, each of one byte: 0, 1, 2, ...",
            "expect": "ok",
            "size": size,
            "root": tree.root(size).hex(),
            "last": [hash_.hex() for hash_ in tree.inclusion(size - 1, size)],
            "grown": [hash_.hex() for hash_ in tree.consistency(size, max(_SIZES))],
        }


def recipient_cases(drawn: Drawn) -> Iterator[Case]:
    """Yield the recipients' tree, and the label that names its root."""
    name = sealing_key().held.key_id
    stanzas = (Stanza(PEER, name, 1, ZERO_DIGEST, 2, drawn["stanza"]),)
    top = root(recipient_leaves(stanzas, drawn["filler"], 4))
    label = Label(
        suite=1,
        id=LabelId(drawn["id"]),
        originator=SENDER,
        notice_id=NoticeId(bytes(range(16))),
        version=1,
        commitment=Digest(bytes(range(32))),
        recipients_root=top,
        recipients_size=4,
        agreement=Digest(bytes(range(1, 33))),
        urgent=False,
        issued=Minute(29_900_000),
        expires=Day(20_780),
        terms_digest=digest(drawn["terms"]),
        content_digest=digest(drawn["content"]),
        content_size=len(drawn["content"]),
        decision=bytes(range(2, 34)),
    )
    data = label_bytes(label)
    yield {
        "comment": "one recipient at place 2 of 4",
        "expect": "ok",
        "recipient": str(PEER),
        "key_id": name.hex(),
        "place": 2,
        "sealed": drawn["stanza"].hex(),
        "filler": drawn["filler"].hex(),
        "root": top.hex(),
        "label": data.hex(),
        "digest": digest(data).hex(),
    }
    for comment, changed in (
        ("an unknown field", data + b"\xa0\x06\x01"),
        ("a field twice", data + data[:2]),
        ("cut", data[:-1]),
        ("nothing", b""),
    ):
        yield {"comment": comment, "expect": "malformed", "label": changed.hex()}


def signature_cases(drawn: Drawn) -> Iterator[Case]:
    """Yield composite signatures."""
    value, other = drawn["value"], bytes([drawn["value"][0] ^ 1]) + drawn["value"][1:]
    for comment, expect, changed, context in (
        ("over a head", "ok", value, BATCH_CONTEXT),
        ("for another purpose", "signature", value, POSSESSION_CONTEXT),
        ("the ML-DSA half changed", "signature", other, BATCH_CONTEXT),
        ("the Ed25519 half missing", "signature", value[:3309], BATCH_CONTEXT),
        ("the Ed25519 half of zeros", "signature", value[:3309] + bytes(64), BATCH_CONTEXT),
        ("the ML-DSA half of zeros", "signature", bytes(3309) + value[3309:], BATCH_CONTEXT),
    ):
        yield {
            "comment": comment,
            "expect": expect,
            "seed": SIGNER.seed.hex(),
            "message": head().to_bytes().hex(),
            "context": context.decode(),
            "value": changed.hex(),
        }


def checkpoint_cases(drawn: Drawn) -> Iterator[Case]:
    """Yield signed checkpoints."""
    note = drawn["note"].decode()
    text, _, lines = note.partition("\n\n")
    first, second = lines.splitlines()
    for comment, expect, changed in (
        ("both signatures of the log", "ok", note),
        ("without Ed25519", "proof", f"{text}\n\n{second}\n"),
        ("without ML-DSA-44", "proof", f"{text}\n\n{first}\n"),
        ("another size", "proof", note.replace("\n3\n", "\n4\n")),
        ("another log", "proof", note.replace(ORIGIN, "valija.example/other")),
        ("an extension line", "malformed", note.replace("\n\n", "\nextension\n\n", 1)),
        ("a size with a zero", "malformed", note.replace("\n3\n", "\n03\n")),
        ("no signature", "malformed", f"{text}\n\n"),
    ):
        yield {
            "comment": comment,
            "expect": expect,
            "origin": CHECKPOINT.origin,
            "public": LOG.public.hex(),
            "note": changed,
        }


def seal_cases(drawn: Drawn) -> Iterator[Case]:
    """Yield a wrapped key, terms and content, and what does not open them."""
    key, bound = drawn["content_key"], base(1, SENDER, LabelId(drawn["id"]))
    name = sealing_key().held.key_id
    digests = digest(drawn["content"]), digest(drawn["terms"])
    usual = {
        "seed": sealing_key().secret,
        "info": stanza_info(bound, PEER, name, digests),
        "stanza": drawn["stanza"],
        "base": bound,
        "terms": drawn["terms"],
        "content": drawn["content"],
    }
    stolen = base(1, Desk(Member("CO"), Office.POLICE), LabelId(drawn["id"]))
    for comment, expect, changed in (
        ("sealed for BR/police", "ok", {}),
        ("another recipient's key", "opening", {"seed": bytes(32)}),
        ("under another originator", "opening", {"base": stolen}),
        ("wrapped for another label", "opening", {"info": b"another"}),
        ("a cut stanza", "opening", {"stanza": drawn["stanza"][:-1]}),
        ("content cut", "opening", {"content": drawn["content"][:-1]}),
        ("content for terms", "opening", {"terms": drawn["content"]}),
    ):
        found = {part: data.hex() for part, data in (usual | changed).items()}
        opened = {"content_key": key, "terms_key": derive_terms_key(key)}
        clear = {"clear_terms": TERMS, "clear_content": CONTENT}
        extra = {part: data.hex() for part, data in (opened | clear).items()}
        yield {"comment": comment, "expect": expect, **found, **extra}


def keyfile_cases(drawn: Drawn) -> Iterator[Case]:
    """Yield a sealed key file."""
    data = drawn["keyfile"]
    for comment, expect, changed, phrase in (
        ("one pass over one MiB", "ok", data, PASSPHRASE),
        ("another passphrase", "opening", data, b"another"),
        ("changed", "opening", data[:-1] + bytes([data[-1] ^ 1]), PASSPHRASE),
        ("no key file", "malformed", bytes(200), PASSPHRASE),
    ):
        yield {
            "comment": comment,
            "expect": expect,
            "data": changed.hex(),
            "passphrase": phrase.decode(),
            "secret": SECRET.hex(),
        }
