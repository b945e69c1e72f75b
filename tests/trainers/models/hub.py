"""A stand-in for Hugging Face, as far as fetching a public model needs it."""

from __future__ import annotations

import hashlib
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from trainers.models import parse_name

REPO = "ana/tiny-diffusion"
COMMIT = "a" * 40
INDEX = {
    "_class_name": "StableDiffusionPipeline",
    "unet": ["diffusers", "UNet2DConditionModel"],
    "vae": ["diffusers", "AutoencoderKL"],
    "tokenizer": ["transformers", "CLIPTokenizer"],
    "safety_checker": ["stable_diffusion", "StableDiffusionSafetyChecker"],
    "requires_safety_checker": True,
}
FILES = {
    "model_index.json": json.dumps(INDEX).encode(),
    "README.md": b"hello",
    "unet/config.json": b"{}",
    "unet/diffusion_pytorch_model.safetensors": b"full" * 100,
    "unet/diffusion_pytorch_model.fp16.safetensors": b"half" * 50,
    "unet/diffusion_pytorch_model.non_ema.safetensors": b"none" * 100,
    "vae/config.json": b"{}",
    "vae/diffusion_pytorch_model.safetensors": b"vae!" * 20,
    "vae/diffusion_pytorch_model.bin": b"evil",
    "tokenizer/vocab.json": b"{}",
    "tokenizer/merges.txt": b"a b",
    "safety_checker/model.safetensors": b"safe",
    "v1-5-pruned.safetensors": b"everything",
}


class Hub(ThreadingHTTPServer):
    """Hugging Face, as far as fetching a public model needs it."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.files = dict(FILES)
        self.commit = COMMIT
        self.fetched: list[str] = []
        self.lie_about = ""

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def info(self) -> dict[str, Any]:
        siblings = []
        for name, content in self.files.items():
            entry: dict[str, Any] = {"rfilename": name, "size": len(content)}
            if name.endswith(".safetensors"):
                digest = hashlib.sha256(b"" if name == self.lie_about else content).hexdigest()
                entry["lfs"] = {"sha256": digest, "size": len(content), "pointerSize": 1}
            siblings.append(entry)
        return {"id": REPO, "sha": self.commit, "siblings": siblings, "cardData": {"license": "openrail"}, "tags": []}


class _Answer(BaseHTTPRequestHandler):
    server: Hub

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def _answer(self, *, with_body: bool) -> None:
        path = self.path.split("?")[0]
        if path.startswith(f"/api/models/{REPO}/revision/"):
            self._send(json.dumps(self.server.info()).encode(), with_body)
        elif (name := path.removeprefix(f"/{REPO}/resolve/{self.server.commit}/")) in self.server.files:
            if with_body:
                self.server.fetched.append(name)
            self._send(self.server.files[name], with_body)
        else:
            self._send(b"{}", with_body, 404, {"X-Error-Code": "RepoNotFound"})

    def _send(self, body: bytes, with_body: bool, status: int = 200, more: dict[str, str] | None = None) -> None:
        self.send_response(status)
        headers = {"ETag": f'"{hashlib.sha1(body).hexdigest()}"', "X-Repo-Commit": self.server.commit, **(more or {})}
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if with_body:
            self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


NAME = parse_name(f"{REPO}@main")
