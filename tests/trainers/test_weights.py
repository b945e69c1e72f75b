from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from diffusers import UNet2DConditionModel
from safetensors.torch import load_file, save_file

from storage.errors import WeightsRefused
from tests.trainers.bases import TEXT_WIDTH, applied, tiny_pipeline
from trainers.adapter import Adapter
from trainers.differences import LowRank
from trainers.layers import targets_of
from trainers.method import Lesson, described, method_named
from trainers.names import kohya_name
from trainers.pipeline import Base
from trainers.weights import layer_tensors, read_adapter, read_label, read_metadata, write_adapter

Lessons = Callable[..., Lesson]
RANK = 4


def random_lora(unet: torch.nn.Module, alpha: float = 2.0) -> Adapter:
    generator = torch.Generator().manual_seed(3)
    linear = {
        name: LowRank(
            torch.randn(RANK, layer.weight.shape[1], generator=generator).mul(0.1).half().float(),
            torch.randn(layer.weight.shape[0], RANK, generator=generator).mul(0.1).half().float(),
            alpha / RANK,
        )
        for name, layer in targets_of(unet)
    }
    return Adapter("zed", "cat", "lora", linear=linear)


def rows(count: int = 3, width: int = TEXT_WIDTH) -> Adapter:
    return Adapter("zed", "cat", "textual_inversion", rows=(torch.randn(count, width),))


@pytest.fixture
def lora_file(base: Base, a_lesson: Lessons, tmp_path: Path) -> Path:
    write_adapter(tmp_path / "zed.safetensors", base, a_lesson(), "lora", random_lora(base.unet))
    return tmp_path / "zed.safetensors"


@pytest.fixture
def sd15_unet() -> UNet2DConditionModel:
    with torch.device("meta"):
        return UNet2DConditionModel(cross_attention_dim=768, attention_head_dim=8)


def test_stable_diffusion_1_gets_kohyas_192_modules(sd15_unet: UNet2DConditionModel) -> None:
    names = [kohya_name(name) for name, _ in targets_of(sd15_unet)]

    assert len(names) == len(set(names)) == 192
    for block, attentions in {"down_blocks_0": 2, "down_blocks_1": 2, "down_blocks_2": 2, "mid_block": 1}.items():
        inside = [name for name in names if name.startswith(f"lora_unet_{block}_attentions_")]
        assert len(inside) == attentions * 12
    assert {name.partition("_attentions_0_")[2] for name in names if "down_blocks_0_attentions_0" in name} == {
        "proj_in",
        "proj_out",
        *(f"transformer_blocks_0_attn{n}_to_{part}" for n in (1, 2) for part in ("q", "k", "v", "out_0")),
        "transformer_blocks_0_ff_net_0_proj",
        "transformer_blocks_0_ff_net_2",
    }


def test_a_lora_for_stable_diffusion_1_is_as_large_as_its_settings_say(
    base: Base, sd15_unet: UNet2DConditionModel
) -> None:
    lora = method_named("lora")
    size = lora.file_bytes(replace(base, denoiser=sd15_unet), lora.settings())

    assert described(lora.settings())["rank"]["help"].startswith(f"{size / 10**6:.0f} MB at 16")


def test_each_module_has_three_tensors_of_kohyas_shapes(base: Base, lora_file: Path) -> None:
    tensors = load_file(lora_file)
    modules = dict(targets_of(base.unet))

    assert len(tensors) == 3 * len(modules)
    for name, module in modules.items():
        out, into, *window = module.weight.shape
        assert tensors[f"{kohya_name(name)}.lora_down.weight"].shape == (RANK, into, *window)
        assert tensors[f"{kohya_name(name)}.lora_up.weight"].shape == (out, RANK, *window)
        alpha = tensors[f"{kohya_name(name)}.alpha"]
        assert alpha.ndim == 0
        assert alpha.is_floating_point()
        assert alpha.item() == 2.0


def test_what_was_written_is_read_back(base: Base, lora_file: Path) -> None:
    made, read = random_lora(base.unet), read_adapter(lora_file, base)

    assert read.fingerprint == made.fingerprint
    assert {low.scale for low in read.linear.values()} == {2.0 / RANK}
    assert (read.word, read.class_word, read.method, read.text) == ("zed", "cat", "lora", "zed cat")


def test_diffusers_merges_our_file_to_the_same_weights(base: Base, lora_file: Path) -> None:
    pipeline = tiny_pipeline("v_prediction")
    pipeline.load_lora_weights(lora_file.parent, weight_name=lora_file.name)
    pipeline.fuse_lora()
    pipeline.unload_lora_weights()
    theirs = dict(pipeline.unet.named_parameters())
    adapter = read_adapter(lora_file, base)

    assert len(adapter.linear) == len(targets_of(base.unet))
    for name, low in adapter.linear.items():
        weight = base.unet.get_submodule(name).weight
        ours = weight + low.scale * (low.up @ low.down).reshape(weight.shape)
        torch.testing.assert_close(theirs[f"{name}.weight"], ours, rtol=0, atol=1e-5)


def test_what_the_unet_says_with_a_word_is_what_merged_weights_say(base: Base, lora_file: Path) -> None:
    pipeline = tiny_pipeline("v_prediction")
    pipeline.load_lora_weights(lora_file.parent, weight_name=lora_file.name)
    pipeline.fuse_lora()
    generator = torch.Generator().manual_seed(1)
    asked = (torch.randn(2, 8, 16, 16, generator=generator), torch.tensor(500), torch.randn(2, 5, TEXT_WIDTH))
    with torch.no_grad(), applied(base, [(read_adapter(lora_file, base), 1.0)]):
        ours = base.unet(*asked).sample
    with torch.no_grad():
        torch.testing.assert_close(ours, pipeline.unet(*asked).sample, rtol=0, atol=1e-5)


def test_diffusers_reads_our_embedding(base: Base, a_lesson: Lessons, tmp_path: Path) -> None:
    made = rows()
    write_adapter(tmp_path / "zed-emb.safetensors", base, a_lesson(), "textual_inversion", made)
    pipeline = tiny_pipeline("v_prediction")
    pipeline.load_textual_inversion(tmp_path, weight_name="zed-emb.safetensors", token="<zed>")
    table = pipeline.text_encoder.get_input_embeddings().weight

    assert list(load_file(tmp_path / "zed-emb.safetensors")) == ["emb_params"]
    assert torch.equal(table[-3:], made.rows[0])


def test_metadata_says_what_other_programs_look_for(base: Base, lora_file: Path) -> None:
    told = read_metadata(lora_file)

    assert told["ss_network_module"] == "networks.lora"
    assert (told["ss_network_dim"], float(told["ss_network_alpha"])) == ("4", 2.0)
    assert json.loads(told["ss_tag_frequency"]) == {"tintype": {"zed cat": 3}}
    assert told["modelspec.trigger_phrase"] == "zed cat"
    assert told["modelspec.architecture"].endswith("/lora")
    assert "lora_adapter_metadata" not in told  # diffusers refuses it beside kohya's keys


def test_the_hash_is_that_of_everything_after_the_header(lora_file: Path) -> None:
    content = lora_file.read_bytes()
    begin = 8 + struct.unpack("<Q", content[:8])[0]

    assert read_metadata(lora_file)["sshs_model_hash"] == hashlib.sha256(content[begin:]).hexdigest()
    assert begin % 8 == 0


def test_a_file_of_numbers_that_are_none_is_never_written(base: Base, a_lesson: Lessons, tmp_path: Path) -> None:
    broken = Adapter("zed", "cat", "textual_inversion", rows=(torch.full((1, TEXT_WIDTH), float("nan")),))
    with pytest.raises(WeightsRefused, match="E_WEIGHTS_NAN"):
        write_adapter(tmp_path / "zed.safetensors", base, a_lesson(), "textual_inversion", broken)

    assert not (tmp_path / "zed.safetensors").exists()


@pytest.mark.parametrize("share", [0.0, 0.0001, 0.2, 0.5, 0.99])
def test_a_file_cut_short_is_refused(base: Base, lora_file: Path, share: float) -> None:
    content = lora_file.read_bytes()
    lora_file.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(WeightsRefused, match="E_WEIGHTS_BROKEN"):
        read_adapter(lora_file, base)


def test_a_pickle_is_refused_unopened(base: Base, tmp_path: Path) -> None:
    torch.save({"emb_params": torch.zeros(1, TEXT_WIDTH)}, tmp_path / "zed.safetensors")
    with pytest.raises(WeightsRefused, match="E_PICKLE"):
        read_adapter(tmp_path / "zed.safetensors", base)


def test_numbers_that_are_none_are_refused(base: Base, lora_file: Path) -> None:
    tensors = load_file(lora_file)
    next(iter(tensors.values())).fill_(float("inf"))
    save_file(tensors, lora_file)
    with pytest.raises(WeightsRefused, match="E_WEIGHTS_NAN"):
        read_adapter(lora_file, base)


@pytest.mark.parametrize(
    ("tensors", "code"),
    [
        ({"lora_te_text_model_encoder_layers_0_mlp_fc1.lora_down.weight": torch.zeros(4, 16)}, "E_WEIGHTS_FOREIGN"),
        ({"unet.down.lora_A.weight": torch.zeros(4, 16)}, "E_WEIGHTS_FOREIGN"),
        ({"lora_unet_no_such_layer.lora_down.weight": torch.zeros(4, 16)}, "E_WRONG_BASE"),
        ({"emb_params": torch.zeros(2, 768)}, "E_WRONG_BASE"),
        ({"emb_params": torch.zeros(16)}, "E_WRONG_BASE"),
        ({"lora_unet_mid_block_attentions_0_proj_in.lora_down.weight": torch.zeros(4, 16)}, "E_WEIGHTS_FOREIGN"),
    ],
)
def test_a_foreign_file_is_refused(base: Base, tmp_path: Path, tensors: dict[str, torch.Tensor], code: str) -> None:
    save_file(tensors, tmp_path / "other.safetensors")
    with pytest.raises(WeightsRefused, match=code):
        read_adapter(tmp_path / "other.safetensors", base)


PROJ_IN = "lora_unet_mid_block_attentions_0_proj_in"


@pytest.mark.parametrize(
    "more",
    [
        {f"{PROJ_IN}.lora_down.weight": torch.zeros(4)},
        {f"{PROJ_IN}.dora_scale": torch.ones(16, 1)},
        {f"{PROJ_IN}.lora_mid.weight": torch.zeros(4, 4, 3, 3)},
    ],
)
def test_a_layer_that_is_no_plain_lora_is_refused(base: Base, tmp_path: Path, more: dict[str, torch.Tensor]) -> None:
    whole = {f"{PROJ_IN}.lora_down.weight": torch.zeros(4, 16), f"{PROJ_IN}.lora_up.weight": torch.zeros(16, 4)}
    save_file(whole, tmp_path / "other.safetensors")
    assert list(read_adapter(tmp_path / "other.safetensors", base).linear) == ["mid_block.attentions.0.proj_in"]

    save_file(whole | more, tmp_path / "other.safetensors")
    with pytest.raises(WeightsRefused, match="E_WEIGHTS_FOREIGN"):
        read_adapter(tmp_path / "other.safetensors", base)


def test_numbers_of_a_kind_that_torch_does_not_have_are_refused(base: Base, tmp_path: Path) -> None:
    header = json.dumps({"emb_params": {"dtype": "F6_E2M3", "shape": [1, 16], "data_offsets": [0, 12]}}).encode()
    (tmp_path / "other.safetensors").write_bytes(struct.pack("<Q", len(header)) + header + bytes(12))
    with pytest.raises(WeightsRefused, match="E_WEIGHTS_BROKEN"):
        read_adapter(tmp_path / "other.safetensors", base)


def test_layers_of_another_width_are_refused(base: Base, tmp_path: Path) -> None:
    stem = "lora_unet_mid_block_attentions_0_transformer_blocks_0_attn2_to_k"
    tensors = {f"{stem}.lora_down.weight": torch.zeros(4, 768), f"{stem}.lora_up.weight": torch.zeros(16, 4)}
    save_file(tensors, tmp_path / "other.safetensors")
    with pytest.raises(WeightsRefused, match="E_WRONG_BASE"):
        read_adapter(tmp_path / "other.safetensors", base)


def test_a_file_made_for_another_revision_is_refused(base: Base, lora_file: Path) -> None:
    tensors, told = load_file(lora_file), read_metadata(lora_file)
    save_file(tensors, lora_file, told | {"tintype.base_revision": "older"})
    with pytest.raises(WeightsRefused, match="E_WRONG_BASE"):
        read_adapter(lora_file, base)


@pytest.mark.parametrize("said", ["\x1b[2J", "my dog", "<zed>", "x" * 5000, ""])
def test_a_word_that_cannot_be_one_is_not_taken_from_a_file(lora_file: Path, said: str) -> None:
    save_file(load_file(lora_file), lora_file.with_stem("ivo"), {"tintype.word": said})

    assert read_label(lora_file.with_stem("ivo")).word == "ivo"


def test_a_missing_alpha_means_the_rank(base: Base, lora_file: Path) -> None:
    tensors = {name: tensor for name, tensor in load_file(lora_file).items() if not name.endswith(".alpha")}
    save_file(tensors, lora_file)

    assert {low.scale for low in read_adapter(lora_file, base).linear.values()} == {1.0}


def test_a_half_precision_alpha_keeps_common_values(base: Base) -> None:
    other = replace(base, denoiser=torch.nn.ModuleDict({"to_q": torch.nn.Linear(3, 2)}))
    for alpha in (1.0, 8.0, 16.0, 128.0):
        adapter = Adapter(
            "zed", "cat", "lora", linear={"to_q": LowRank(torch.zeros(16, 3), torch.zeros(2, 16), alpha / 16)}
        )
        assert layer_tensors(adapter, other)["lora_unet_to_q.alpha"].item() == alpha


def test_rows_beside_layers_are_bundled_as_automatic1111_reads_them_and_read_back(
    base: Base, a_lesson: Lessons, tmp_path: Path
) -> None:
    made = replace(random_lora(base.unet), rows=rows().rows)
    write_adapter(tmp_path / "zed.safetensors", base, a_lesson(), "pivotal", made)
    keys, read = load_file(tmp_path / "zed.safetensors"), read_adapter(tmp_path / "zed.safetensors", base)

    assert [key for key in keys if not key.startswith("lora_unet_")] == ["bundle_emb.zed.string_to_param.*"]
    assert read.fingerprint == made.fingerprint
    assert read_metadata(tmp_path / "zed.safetensors")["modelspec.trigger_phrase"] == "zed"


def test_rows_of_two_words_in_one_file_are_refused(base: Base, tmp_path: Path) -> None:
    both = {f"bundle_emb.{word}.string_to_param.*": torch.zeros(1, TEXT_WIDTH) for word in ("zed", "ivo")}
    save_file(both, tmp_path / "both.safetensors")

    with pytest.raises(WeightsRefused, match="E_WEIGHTS_FOREIGN"):
        read_adapter(tmp_path / "both.safetensors", base)
