"""The other subcommands of `tintype-trainer`, and what is common to all."""

from __future__ import annotations

import errno
import json
import signal
import zipfile
from contextlib import nullcontext
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from tests.trainers.cli.conftest import Tell
from trainers import bench
from trainers.__main__ import SUBCOMMANDS, main, parser
from trainers.class_images import FOLDER
from trainers.cli.running import interruptible
from trainers.events import Wish
from trainers.models import VAE_CONFIG, Plan, RemoteFile, parse_name
from trainers.showing import opened, shots_of


def test_methods_prints_a_table_and_tells_the_settings(tell: Tell, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["methods"])
    shown = capsys.readouterr().out
    _, told, _ = tell("methods", "--size")

    assert code == 0
    assert "| `lora` (LoRA) |" in shown
    assert "| `textual_inversion` (Textual inversion) |" in shown
    assert "| `lora` | 14 MB | 85 MB | 79 MB |" in shown
    assert told["methods"]["lora"]["settings"]["rank"]["default"] == 16
    assert told["methods"]["lora"]["file_bytes"] > told["methods"]["textual_inversion"]["file_bytes"] > 0


def test_models_lists_the_bundled_one_and_what_fits(tell: Tell) -> None:
    code, told, _ = tell("models", "list")

    assert code == 0
    assert told["models"][0]["name"] == "miniature"
    assert told["fits"]["device"]["total_mib"] > 0
    assert told["fits"]["families"]["miniature"]["train"]["is_enough"]
    sd1 = told["fits"]["families"]["sd1"]
    assert sd1["train"]["needs_mib"] > sd1["imagine"]["needs_mib"] > 2000


@pytest.mark.parametrize("name", ["nothing", "a/b", "../../etc@main"])
def test_a_model_is_named_with_its_revision(tell: Tell, name: str) -> None:
    assert tell("models", "get", name)[1]["code"] == "E_MODEL_NAME"


def test_a_disk_that_is_full_is_told_wherever_it_is_noticed(tell: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(folder: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("trainers.cli.models.installed", full)
    code, told, said = tell("models", "list")

    assert (code, told["code"]) == (1, "E_DISK_FULL")
    assert told["error"] in said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_an_attempt_between_two_steps(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with interruptible() as wish:
        assert wish() is None
        signal.raise_signal(number)
        assert wish() is Wish.CANCEL

    assert signal.getsignal(number) is before


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--steps", "0"),
        ("--steps", "-3"),
        ("--steps", "1e9"),
        ("--seed", "-1"),
        ("--seed", str(2**70)),
        ("--guidance", "nan"),
        ("--guidance", "-1"),
    ],
)
def test_a_number_out_of_range_is_told_before_anything_is_loaded(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, option: str, value: str
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["imagine", "--prompt", "a dog", "--out", str(tmp_path / "out"), f"{option}={value}"])

    assert "is no number from" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("licence", "yes", "code"),
    [
        ("openrail", (), "E_MODEL_LICENCE"),
        ("mit", (), "E_MODEL_MEMORY"),
        ("mit", ("--yes",), None),
        ("openrail", ("--yes",), None),
    ],
)
def test_a_model_is_fetched_once_licence_and_memory_are_known(
    tell: Tell, monkeypatch: pytest.MonkeyPatch, licence: str, yes: tuple[str, ...], code: str | None
) -> None:
    monkeypatch.setenv("TINTYPE_QUANTISE", "off")
    huge = RemoteFile("unet/x.safetensors", "unet/x.safetensors", 10**15, None)
    plan = Plan(name=parse_name("ana/huge@main"), commit="c", licence=licence, files=(huge,))
    monkeypatch.setattr("trainers.fetching.plan_of", lambda name, with_checker: plan)
    monkeypatch.setattr("trainers.fetching.fetch", lambda plan, folder: folder / "huge")

    _, told, said = tell("models", "get", "ana/huge@main", *yes)

    assert told.get("code") == code
    assert ("training: about 953," in said) == (code != "E_MODEL_LICENCE")


def test_a_vae_is_fetched_without_asking_for_the_memory_of_a_training(
    tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = tuple(RemoteFile(name, name, 10**15, None) for name in (VAE_CONFIG, "x.safetensors"))
    plan = Plan(name=parse_name("ana/vae@main"), commit="c", licence="mit", files=files)
    monkeypatch.setattr("trainers.fetching.plan_of", lambda name, with_checker: plan)
    monkeypatch.setattr("trainers.fetching.fetch", lambda plan, folder: folder / "vae")

    code, _, said = tell("models", "get", "ana/vae@main")

    assert code == 0
    assert "TINTYPE_VAE=ana/vae@main" in said


def test_a_model_for_enlarging_is_fetched_as_one(tell: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    files = (RemoteFile("unet/x.safetensors", "unet/x.safetensors", 10**15, None),)
    plan = Plan(name=parse_name("ana/up@main"), commit="c", licence="mit", files=files, is_upscaler=True)
    monkeypatch.setattr("trainers.fetching.plan_of", lambda name, with_checker: plan)
    monkeypatch.setattr("trainers.fetching.fetch", lambda plan, folder: folder / "up")

    code, _, said = tell("models", "get", "ana/up@main")

    assert code == 0
    assert "TINTYPE_UPSCALER=ana/up@main" in said


@pytest.mark.parametrize(
    ("method", "file"), [("lora", "zed.safetensors"), ("textual_inversion", "ivo-emb.safetensors")]
)
def test_export_writes_the_file_that_other_programs_look_for(
    tell: Tell, learned: dict[str, Path], tmp_path: Path, method: str, file: str
) -> None:
    code, told, _ = tell("export", "--weights", learned[method], "--out", tmp_path / "for-others")

    assert (code, told["files"]) == (0, [str(tmp_path / "for-others" / file)])
    assert load_file(told["files"][0]).keys() == load_file(learned[method]).keys()
    assert told["trigger"] == ("zed dog" if method == "lora" else "ivo-emb")


def test_export_gives_the_word_another_name(tell: Tell, learned: dict[str, Path], tmp_path: Path) -> None:
    _, told, _ = tell("export", "--weights", learned["lora"], "--word", "<Rex>", "--out", tmp_path)

    assert told["files"] == [str(tmp_path / "rex.safetensors")]
    assert (told["word"], told["trigger"]) == ("rex", "zed dog")


@pytest.mark.parametrize("form", ["files", "pack"])
def test_export_shortens_a_lora_to_the_size_asked_for(
    tell: Tell, learned: dict[str, Path], tmp_path: Path, form: str
) -> None:
    whole = learned["lora"].stat().st_size
    asked = ("--most-mb", whole * 0.6 / 10**6, "--as", form, "--out", tmp_path)

    code, told, said = tell("export", "--weights", learned["lora"], *asked)

    assert code == 0
    assert "% of what its layers learned is left" in said
    (written,) = map(Path, told["files"])
    with zipfile.ZipFile(written) if form == "pack" else nullcontext() as pack:
        size = pack.getinfo("zed.safetensors").file_size if pack else written.stat().st_size
    assert whole * 0.5 < size < whole * 0.6


def test_export_of_what_cannot_be_shortened_is_told(tell: Tell, learned: dict[str, Path], tmp_path: Path) -> None:
    code, told, _ = tell("export", "--weights", learned["textual_inversion"], "--most-mb", 0.001, "--out", tmp_path)

    assert (code, told["code"]) == (1, "E_SHORTENED")
    assert not list(tmp_path.iterdir())


def test_a_sheet_has_a_row_for_each_file(tell: Tell, learned: dict[str, Path], tmp_path: Path) -> None:
    files = [part for path in learned.values() for part in ("--weights", path)]
    _, one, _ = tell("sheet", "--weights", learned["lora"], "--out", tmp_path / "one")
    code, two, _ = tell("sheet", *files, "--word", "rex", "--out", tmp_path / "two")

    assert (code, one["sheet"], two["sheet"]) == (
        0,
        str(tmp_path / "one" / "zed-sheet.png"),
        str(tmp_path / "two" / "rex-sheet.png"),
    )
    assert two["samples"] == 4
    heights = [opened(Path(told["sheet"])).height for told in (one, two)]
    assert heights[0] < heights[1]


def test_a_sheet_of_no_file_is_refused(tell: Tell, tmp_path: Path) -> None:
    assert tell("sheet", "--weights", tmp_path / "no", "--out", tmp_path)[1]["code"] == "E_WEIGHTS_FILE"


def test_export_of_nothing_and_of_half_a_file_is_told(tell: Tell, learned: dict[str, Path], tmp_path: Path) -> None:
    (tmp_path / "half.safetensors").write_bytes(learned["lora"].read_bytes()[:5000])

    assert tell("export", "--weights", tmp_path / "no.safetensors", "--out", tmp_path)[1]["code"] == "E_WEIGHTS_FILE"
    assert (
        tell("export", "--weights", tmp_path / "half.safetensors", "--out", tmp_path)[1]["code"] == "E_WEIGHTS_BROKEN"
    )


def test_a_word_goes_out_as_a_pack_and_is_taken_over_as_it_was(
    tell: Tell, learned: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trainers.canary.shots_of", lambda *told: shots_of(*told)[:1])
    wishes = ("--as", "pack", "--licence", "cc-by", "--credit", "Ana", "--out", tmp_path)
    _, packed, _ = tell("export", "--weights", learned["lora"], *wishes)
    with zipfile.ZipFile(packed["files"][0]) as pack:
        names, card = pack.namelist(), json.loads(pack.read("card.json"))
    code, told, said = tell("import", packed["files"][0], "--out", tmp_path / "back.safetensors", "--device", "cpu")

    assert names == ["zed.safetensors", "samples.png", "card.json", "LICENCE.txt", "SHA256SUMS"]
    assert (card["kind"], card["class_word"], card["licence"], card["credits"]) == ("animal", "dog", "cc-by", ["Ana"])
    assert (code, told["word"], told["kind"], told["trigger"]) == (0, "zed", "animal", "zed dog")
    assert (told["licence"], told["credits"]) == ("cc-by", ["Ana"])
    before, after = load_file(learned["lora"]), load_file(told["out"])
    assert before.keys() == after.keys()
    assert all(torch.equal(before[key], after[key]) for key in before)
    assert opened(Path(told["sheet"])).height > 300  # two rows
    assert "look at" in said


def test_a_pickle_and_a_missing_file_are_refused_before_the_base_is_loaded(tell: Tell, tmp_path: Path) -> None:
    torch.save({"a": torch.zeros(1), "b": torch.zeros(1)}, tmp_path / "zed.pt")
    out = ("--out", tmp_path / "zed.safetensors", "--base-model", "nowhere/at-all")

    assert tell("import", tmp_path / "zed.pt", *out)[1]["code"] == "E_PICKLE"
    assert tell("import", tmp_path / "no.safetensors", *out)[1]["code"] == "E_WEIGHTS_FILE"


def test_what_is_not_offered_yet_says_so(tell: Tell) -> None:
    exit_code, told, _ = tell("join")

    assert (exit_code, told["code"]) == (1, "E_JOIN_LATER")


def test_help_explains_every_subcommand(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--help"])
    shown = capsys.readouterr().out

    for subcommand in SUBCOMMANDS:
        assert subcommand.__name__.rpartition(".")[2].removesuffix("ing") in shown


@pytest.mark.parametrize(
    "command",
    ["engine", "train", "imagine", "export", "import", "merge", "sheet", "methods", "models", "miniature build"],
)
def test_each_subcommand_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main([*command.split(), "--help"])

    assert command.rpartition(" ")[2] in capsys.readouterr().out


def test_the_builder_of_the_miniature_reads_its_own_options(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["miniature", "build", "--minutes", "1", "nonsense"])

    assert "no stage nonsense" in capsys.readouterr().err


def test_a_measurement_is_found_by_its_file(monkeypatch: pytest.MonkeyPatch, tell: Tell, tmp_path: Path) -> None:
    (tmp_path / "counting.py").write_text(
        "def add(subparsers):\n"
        "    parser = subparsers.add_parser('counting')\n"
        "    parser.add_argument('--to', type=int)\n"
        "    parser.set_defaults(run=lambda arguments, settings: {'ok': True, 'numbers': list(range(arguments.to))})\n"
    )
    monkeypatch.setattr(bench, "__path__", [str(tmp_path)])

    assert tell("bench", "counting", "--to", 3)[1] == {"ok": True, "numbers": [0, 1, 2]}


def test_an_unknown_subcommand_is_refused() -> None:
    with pytest.raises(SystemExit, match="2"):
        parser().parse_args(["paint"])


def test_an_unknown_setting_is_refused_with_the_nearest_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TINTYPE_DEVISE", "cuda")

    assert main(["methods"]) == 1

    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (told["ok"], told["code"]) == (False, "E_SETTING_UNKNOWN")
    assert "TINTYPE_DEVICE" in told["error"]


def test_class_images_are_listed_with_the_models_and_deleted(tell: Tell, tmp_path: Path) -> None:
    folder = tmp_path / "data" / "models" / FOLDER / "a1"
    folder.mkdir(parents=True)
    (folder / "about.json").write_text('{"base_model": "miniature@miniature-2", "class_word": "cat"}')
    (folder / "0000.safetensors").write_bytes(bytes(2_000_000))

    listed, cleared = tell("models", "list")[1], tell("models", "clear")[1]

    assert [(one["class_word"], one["count"], one["bytes"]) for one in listed["class_images"]] == [
        ("cat", 1, 2_000_000)
    ]
    assert cleared == {"ok": True, "deleted": 1, "bytes": 2_000_000}
    assert tell("models", "list")[1]["class_images"] == []
