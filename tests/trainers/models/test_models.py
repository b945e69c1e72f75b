"""A base model is fetched once from (a stand-in for) Hugging Face, pinned, and checked at each start."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from diffusers import StableDiffusionPipeline

from storage.errors import TintypeError
from tests.trainers.bases import tiny_pipeline
from tests.trainers.models.hub import COMMIT, FILES, NAME, REPO, Hub
from trainers.fetching import fetch, plan_of
from trainers.models import Plan, RemoteFile, check_disk, chosen, fingerprint, installed, located, parse_name


def test_the_safety_checker_comes_along_when_it_is_asked_for(hub: Hub, tmp_path: Path) -> None:
    with pytest.raises(TintypeError, match="E_MODEL_UNCHECKED"):
        plan_of(NAME, hub.endpoint, with_checker=True)
    hub.files["safety_checker/config.json"] = b"{}"

    folder = fetch(plan_of(NAME, hub.endpoint, with_checker=True), tmp_path / "models", hub.endpoint)

    assert (folder / "safety_checker/model.safetensors").read_bytes() == b"safe"
    assert "safety_checker/config.json" in json.loads((folder / "pins.json").read_text())["files"]


def test_a_model_is_fetched_without_what_is_never_loaded(hub: Hub, tmp_path: Path) -> None:
    plan = plan_of(NAME, hub.endpoint)

    folder = fetch(plan, tmp_path / "models", hub.endpoint)

    assert (plan.licence, plan.commit) == ("openrail", COMMIT)
    assert {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} == {
        "model_index.json",
        "pins.json",
        "unet/config.json",
        "unet/diffusion_pytorch_model.safetensors",
        "vae/config.json",
        "vae/diffusion_pytorch_model.safetensors",
        "tokenizer/vocab.json",
        "tokenizer/merges.txt",
    }
    assert (folder / "unet/diffusion_pytorch_model.safetensors").read_bytes() == b"half" * 50
    assert not {"README.md", "v1-5-pruned.safetensors", "vae/diffusion_pytorch_model.bin"} & set(hub.fetched)


def test_a_fetched_model_is_found_and_listed(hub: Hub, tmp_path: Path) -> None:
    folder = fetch(plan_of(NAME, hub.endpoint), tmp_path / "models", hub.endpoint)

    (model,) = installed(tmp_path / "models")

    assert located(tmp_path / "models", f"{REPO}@main") == folder
    assert (model.name, model.licence, model.folder) == (f"{REPO}@main", "openrail", folder)


def test_a_changed_file_refuses_the_start(hub: Hub, tmp_path: Path) -> None:
    folder = fetch(plan_of(NAME, hub.endpoint), tmp_path / "models", hub.endpoint)
    (folder / "vae" / "diffusion_pytorch_model.safetensors").write_bytes(b"vae?" * 20)

    with pytest.raises(TintypeError, match="E_MODEL_CHANGED") as refused:
        located(tmp_path / "models", f"{REPO}@main")

    assert refused.value.facts["file"] == "vae/diffusion_pytorch_model.safetensors"


def test_a_file_that_is_not_what_was_promised_is_not_installed(hub: Hub, tmp_path: Path) -> None:
    hub.lie_about = "vae/diffusion_pytorch_model.safetensors"

    with pytest.raises(TintypeError, match="E_MODEL_CHANGED"):
        fetch(plan_of(NAME, hub.endpoint), tmp_path / "models", hub.endpoint)

    assert list(installed(tmp_path / "models")) == []


def test_an_interrupted_fetch_fetches_only_what_is_missing(hub: Hub, tmp_path: Path) -> None:
    plan = plan_of(NAME, hub.endpoint)
    lost = hub.files.pop("tokenizer/merges.txt")
    with pytest.raises(TintypeError):
        fetch(plan, tmp_path / "models", hub.endpoint)
    hub.files["tokenizer/merges.txt"] = lost
    hub.fetched.clear()

    fetch(plan, tmp_path / "models", hub.endpoint)

    assert "unet/diffusion_pytorch_model.fp16.safetensors" not in hub.fetched
    assert "tokenizer/merges.txt" in hub.fetched


def test_a_fetch_goes_on_with_what_is_still_promised_when_the_branch_has_moved(hub: Hub, tmp_path: Path) -> None:
    hub.files["vae/diffusion_pytorch_model.safetensors"] = b"old!" * 20
    old = plan_of(NAME, hub.endpoint)
    del hub.files["tokenizer/merges.txt"]
    with pytest.raises(TintypeError):
        fetch(old, tmp_path / "models", hub.endpoint)
    hub.commit, hub.files = "b" * 40, FILES | {"vae/config.json": b'{"new": 1}'}
    del hub.files["tokenizer/vocab.json"]
    hub.fetched.clear()

    folder = fetch(plan_of(NAME, hub.endpoint), tmp_path / "models", hub.endpoint)

    assert "unet/diffusion_pytorch_model.fp16.safetensors" not in hub.fetched
    assert (folder / "vae/config.json").read_bytes() == b'{"new": 1}'
    assert (folder / "vae/diffusion_pytorch_model.safetensors").read_bytes() == b"vae!" * 20
    assert not (folder / "tokenizer/vocab.json").exists()
    assert located(tmp_path / "models", f"{REPO}@main") == folder


def test_what_is_here_from_an_earlier_try_needs_no_room_a_second_time(tmp_path: Path) -> None:
    plan = plan_with(RemoteFile("unet/x.safetensors", "unet/x.safetensors", 1 << 60, None))

    with pytest.raises(TintypeError, match="E_MODEL_DISK"):
        check_disk(plan, tmp_path)
    check_disk(plan, tmp_path, have_bytes=1 << 60)


def plan_with(*files: RemoteFile) -> Plan:
    return Plan(name=NAME, commit=COMMIT, licence="mit", files=files)


@pytest.mark.parametrize("half", ["", ".fp16"])
def test_weights_in_several_pieces_are_fetched_and_loaded(hub: Hub, tmp_path: Path, half: str) -> None:
    tiny_pipeline("epsilon").save_pretrained(tmp_path / "whole", variant=half.strip(".") or None, max_shard_size="60KB")
    hub.files = {
        path.relative_to(tmp_path / "whole").as_posix(): path.read_bytes()
        for path in (tmp_path / "whole").rglob("*")
        if path.is_file()
    }
    pieces = [name for name in hub.files if name.startswith("unet/") and f"model{half}-0000" in name]

    folder = fetch(plan_of(NAME, hub.endpoint), tmp_path / "models", hub.endpoint)

    assert len(pieces) > 1
    assert set(pieces) <= set(hub.fetched)
    theirs, ours = (
        StableDiffusionPipeline.from_pretrained(path, local_files_only=True, variant=variant, safety_checker=None)
        for path, variant in ((tmp_path / "whole", half.strip(".") or None), (folder, None))
    )
    assert ours.unet.state_dict().keys() == theirs.unet.state_dict().keys()
    assert all(torch.equal(ours.unet.state_dict()[name], kept) for name, kept in theirs.unet.state_dict().items())


@pytest.mark.parametrize("missing", ["unet/model-00002-of-00002.safetensors", "unet/model.safetensors.index.json"])
def test_pieces_of_which_one_is_missing_are_no_weights(missing: str) -> None:
    names = ["unet/model-00001-of-00002.safetensors", "unet/model-00002-of-00002.safetensors"]
    siblings = dict.fromkeys(("model_index.json", *names, "unet/model.safetensors.index.json"), (1, None))
    whole = {file.local for file in chosen(siblings, ["unet"])}
    del siblings[missing]

    assert whole == {"model_index.json", *names, "unet/model.safetensors.index.json"}
    assert [file.local for file in chosen(siblings, ["unet"])] == ["model_index.json"]


def test_a_folders_fingerprint_tells_its_weights_not_its_place(tmp_path: Path) -> None:
    for name, content in (("a", b"1"), ("b", b"1"), ("c", b"2")):
        (tmp_path / name / "unet").mkdir(parents=True)
        (tmp_path / name / "unet" / "model.safetensors").write_bytes(content)
    one, same, other = (fingerprint(tmp_path / name) for name in "abc")

    assert one == same != other


def test_a_model_nobody_has_is_told(hub: Hub) -> None:
    with pytest.raises(TintypeError, match="E_MODEL_UNKNOWN"):
        plan_of(parse_name("ana/nothing@main"), hub.endpoint)


def test_a_network_that_does_not_answer_is_told() -> None:
    with pytest.raises(TintypeError, match="E_MODEL_NETWORK"):
        plan_of(NAME, "http://127.0.0.1:9")


def test_a_network_error_that_says_nothing_is_told_by_its_name(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    def timed_out(*args: object, **more: object) -> None:
        raise TimeoutError

    monkeypatch.setattr("trainers.fetching.hf_hub_download", timed_out)
    with pytest.raises(TintypeError, match="E_MODEL_NETWORK") as refused:
        plan_of(NAME, hub.endpoint)

    assert refused.value.facts["reason"] == "TimeoutError"


def test_a_model_with_pickles_only_is_refused(hub: Hub) -> None:
    hub.files = {name: content for name, content in FILES.items() if not name.endswith(".safetensors")}
    hub.files["unet/diffusion_pytorch_model.bin"] = b"evil"

    with pytest.raises(TintypeError, match="E_MODEL_FORMAT"):
        plan_of(NAME, hub.endpoint)


def test_a_repository_without_a_pipeline_is_refused(hub: Hub) -> None:
    del hub.files["model_index.json"]

    with pytest.raises(TintypeError, match="E_MODEL_FORMAT"):
        plan_of(NAME, hub.endpoint)


def test_a_part_whose_weights_are_pickles_spoils_the_whole() -> None:
    siblings = {name: (len(content), None) for name, content in FILES.items()}
    del siblings["vae/diffusion_pytorch_model.safetensors"]

    assert chosen(siblings, ["unet", "vae"]) == ()


def test_a_full_disk_is_told_before_anything_is_fetched(hub: Hub, tmp_path: Path) -> None:
    plan = plan_of(NAME, hub.endpoint)
    huge = plan_with(*(RemoteFile(file.remote, file.local, 1 << 60, None) for file in plan.files))

    with pytest.raises(TintypeError, match="E_MODEL_DISK"):
        check_disk(huge, tmp_path)


@pytest.mark.parametrize(
    "text", ["miniature", "ana/model", "ana/model@", "../../etc@main", "a/b/c@main", "ana/m@ma in"]
)
def test_a_name_without_owner_or_revision_is_refused(text: str) -> None:
    with pytest.raises(TintypeError, match="E_MODEL_NAME"):
        parse_name(text)


def test_a_model_that_is_not_here_is_told_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(TintypeError, match="E_MODEL_MISSING") as missing:
        located(tmp_path, "ana/model@main")

    assert missing.value.facts["name"] == "ana/model@main"
