"""What a picture's file says of its making: a model did it, with which words and settings, and the prompt if wished."""

from __future__ import annotations

import json

from trainers.imagine import Wish, words_of
from trainers.pipeline import Base

#: IPTC's term for pictures made by a trained model, https://cv.iptc.org/newscodes/digitalsourcetype/
SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
#: An XMP packet for PNG (`XML:com.adobe.xmp`), WebP and JPEG (Pillow's `xmp=`)
XMP = f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:CreatorTool="Tintype" Iptc4xmpExt:DigitalSourceType="{SOURCE_TYPE}"/>
</rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""


def recipe_of(base: Base, wish: Wish, seed: int, *, has_prompt: bool = False) -> dict[str, str]:
    """Text chunks for one picture's PNG; prompts tell of people, so they stand in it only when that is wished."""
    told = {
        "seed": seed,
        "steps": wish.steps or base.family.steps,
        "guidance_scale": base.family.guidance_scale if wish.guidance_scale is None else wish.guidance_scale,
        "base_model": f"{base.id}@{base.revision}",
        "words": [{"name": adapter.word, "strength": strength} for adapter, strength in words_of(wish)],
    }
    if has_prompt:
        told |= {"prompt": wish.prompt, "negative_prompt": wish.negative_prompt}
    return {"Software": "Tintype", "tintype": json.dumps(told, ensure_ascii=False), "XML:com.adobe.xmp": XMP}
