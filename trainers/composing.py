"""Several words of Custom Diffusion at once: keys and values in which each finds its own, solved for in one go.

Source: Kumari et al. 2022, arXiv 2212.04488, 3.2, with a ridge that makes it well-posed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import torch
from torch import Tensor

from storage.errors import TintypeError
from trainers.adapter import Adapter
from trainers.differences import LowRank
from trainers.pipeline import Applied, Base, layer_at
from trainers.quantised import outline_of
from trainers.text import encode_prompt, tokens_of

OF_TEXT = (".attn2.to_k", ".attn2.to_v")  # keys and values of the text: all that such a word may change
RIDGE = 0.1  # of the captions' mean square: they are fewer than a text is wide; docs/decisions/0020
LEAST = 1e-10  # of the largest: features that are further alike are one

# m target positions of a word, M of all words · D text width · O output width

Share = dict[str, LowRank]  #: what one word adds to each layer
Tell = Callable[[int, int], object]  #: is told how many layers of how many are done


def composed(
    base: Base, words: Sequence[Applied], kinds: Sequence[str], tell: Tell = lambda done, total: None
) -> list[Share]:
    """What each word adds so that all together do with each what it does alone, and little else.

    The sum W − W0 of all shares is the least one, by what it does to ordinary captions, that makes of each word's
    features what the word's own layers make of them: min |(W − W0) Cregᵀ|² + λ |W − W0|², so that W Cᵀ = V. A share
    alone makes that of its own features, and of the others' words nothing. Strengths hold as in a prompt.
    Raises: TintypeError E_MERGE_CUSTOM, E_MERGE_TWICE, E_MERGE_CROWDED.
    """
    _check(base, [adapter for adapter, _ in words])
    targets = targets_of(base, words, kinds)
    heard = _finders(targets, _metric(base))
    shares: list[Share] = [{} for _ in words]
    names = keys_and_values(base)
    for done, name in enumerate(names, 1):
        weight = outline_of(layer_at(base, name))
        for share, (adapter, strength), target, down in zip(shares, words, targets, heard, strict=True):
            up = strength * adapter.linear[name].of(weight).double() @ target.T  # (O, m): V − W0 Cᵀ
            share[name] = _balanced(down, up)
        tell(done, len(names))
    return shares


def keys_and_values(base: Base) -> list[str]:
    """The UNet's layers that read the text; none where the base has no UNet."""
    return [name for name, _ in base.denoiser.named_modules() if name.endswith(OF_TEXT)]


def _check(base: Base, adapters: Sequence[Adapter]) -> None:
    layers = set(keys_and_values(base))
    for adapter in adapters:
        if not layers or not adapter.rows or adapter.negative or set(adapter.linear) != layers:
            raise TintypeError("E_MERGE_CUSTOM", word=adapter.word)
    words = [adapter.word for adapter in adapters]
    if twice := next((word for word in words if words.count(word) > 1), None):
        raise TintypeError("E_MERGE_TWICE", word=twice)


def _finders(targets: Sequence[Tensor], metric: Tensor) -> list[Tensor]:
    """For each word what finds its own features (m, D): of each of them 1, of every other's 0, of captions little.

    The rows of (C A Cᵀ)⁻¹ C A, where A is the metric.
    """
    features = torch.cat([*targets])  # C: (M, D)
    if len(features) > features.shape[1]:
        raise TintypeError("E_MERGE_CROWDED", most=features.shape[1], count=len(features))
    spread = features @ metric  # C A
    inverse = torch.linalg.pinv(spread @ features.T, rtol=LEAST, hermitian=True)
    return [*(inverse @ spread).split([len(target) for target in targets])]


def _metric(base: Base) -> Tensor:
    """A = (Cregᵀ Creg + λ 1)⁻¹ of all that the UNet hears of ordinary captions: (D, D)."""
    heard = torch.cat([heard_of(base, caption, ()) for caption in captions(base)])
    gram = heard.T @ heard
    ridge = RIDGE * gram.diagonal().mean()
    metric: Tensor = torch.linalg.inv(gram + ridge * torch.eye(len(gram), dtype=gram.dtype))
    return metric


def captions(base: Base) -> Iterator[str]:
    """What the base is to hear as before: its class words, alone and in its scenes."""
    family = base.family
    for kind, class_words in family.class_words.items():
        for class_word in class_words:
            said = family.said(class_word, kind)
            yield from (said, *(said + scene for scene in family.scenes(kind)))


def targets_of(base: Base, words: Sequence[Applied], kinds: Sequence[str]) -> list[Tensor]:
    """Each word's features (m, D) where it may stand: first, after another one, and as the merged file says them all.

    What follows a word changes nothing: the text encoders read from left to right.
    """
    said = {a.word: base.family.said(f"<{a.word}>", kind) for (a, _), kind in zip(words, kinds, strict=True)}
    whole = base.family.said(" ".join(f"<{word}>" for word in sorted(said)), kinds[0])
    found = []
    for at, (adapter, _) in enumerate(words):
        before = words[at - 1][0].word
        own = said[adapter.word]
        texts = [own] if len(words) == 1 else [own, f"{said[before]} and {own}", whole]
        found.append(torch.cat([_of_word(base, text, words, adapter.word) for text in dict.fromkeys(texts)]))
    return found


def _of_word(base: Base, text: str, words: Sequence[Applied], word: str) -> Tensor:
    """What is heard at the word's own positions: (n, D)."""
    adapters = {adapter.word: adapter for adapter, _ in words}
    first, last = tokens_of(base, text, adapters, dict.fromkeys(adapters, 0)).spans[word]
    return heard_of(base, text, words)[first:last]


def heard_of(base: Base, text: str, words: Sequence[Applied]) -> Tensor:
    """All that the UNet hears of a text: (T, D)."""
    return encode_prompt(base, text, words).hidden[0].double().cpu()


def _balanced(down: Tensor, up: Tensor) -> LowRank:
    """Both factors of one size, so that neither leaves what half precision holds."""
    even = (up.norm(dim=0) / down.norm(dim=1).clamp(min=torch.finfo(down.dtype).tiny)).sqrt()
    even = torch.where(even > 0, even, 1.0)
    return LowRank((down * even[:, None]).float(), (up / even).float(), 1.0)
