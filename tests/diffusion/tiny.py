"""Makes pipelines of every family with few, random weights: `python tests/diffusion/tiny.py FOLDER`.

A process of its own, so that the tests' own process loads none of the packages. The sizes keep a video of a second or
two below a second of work; the layout of the folders is that of the published models.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ["HF_HUB_OFFLINE"] = "1"

import torch
from diffusers import (
    AutoencoderKLCogVideoX,
    AutoencoderKLHunyuanVideo,
    AutoencoderKLLTXVideo,
    AutoencoderKLWan,
    CogVideoXDDIMScheduler,
    CogVideoXImageToVideoPipeline,
    CogVideoXPipeline,
    CogVideoXTransformer3DModel,
    FlowMatchEulerDiscreteScheduler,
    HunyuanVideoPipeline,
    HunyuanVideoTransformer3DModel,
    LTXConditionPipeline,
    LTXPipeline,
    LTXVideoTransformer3DModel,
    UniPCMultistepScheduler,
    WanImageToVideoPipeline,
    WanPipeline,
    WanTransformer3DModel,
)
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import (
    CLIPImageProcessor,
    CLIPTextConfig,
    CLIPTextModel,
    CLIPVisionConfig,
    CLIPVisionModel,
    LlamaConfig,
    LlamaModel,
    PreTrainedTokenizerFast,
    T5Config,
    T5EncoderModel,
    UMT5Config,
    UMT5EncoderModel,
)


def tokenizer(length: int = 512) -> Any:
    """Return one whose tokens are bytes: it takes any text, and nothing is downloaded for it."""
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    specials = ["<pad>", "</s>", "<unk>"]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    made.train_from_iterator([], trainers.BpeTrainer(initial_alphabet=alphabet, special_tokens=specials))
    made.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    names = {"pad_token": "<pad>", "eos_token": "</s>", "unk_token": "<unk>"}
    return PreTrainedTokenizerFast(tokenizer_object=made, model_max_length=length, **names)


VOCABULARY = 259
T5 = {"vocab_size": VOCABULARY, "d_model": 32, "d_kv": 8, "d_ff": 37, "num_layers": 2, "num_heads": 4}


def wan_vae(**changes: Any) -> Any:
    given = {"base_dim": 3, "z_dim": 16, "dim_mult": [1, 1, 1, 1], "num_res_blocks": 1}
    return AutoencoderKLWan(**{**given, "temperal_downsample": [False, True, True], **changes})


def wan_transformer(**changes: Any) -> Any:
    given = {
        "patch_size": (1, 2, 2),
        "num_attention_heads": 2,
        "attention_head_dim": 12,
        "in_channels": 16,
        "out_channels": 16,
        "text_dim": 32,
        "freq_dim": 256,
        "ffn_dim": 32,
        "num_layers": 2,
        "cross_attn_norm": True,
        "qk_norm": "rms_norm_across_heads",
        "rope_max_seq_len": 64,
    }
    return WanTransformer3DModel(**{**given, **changes})


def wan_parts(**changes: Any) -> dict[str, Any]:
    scheduler = UniPCMultistepScheduler(prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=3.0)
    encoder = UMT5EncoderModel(UMT5Config(**T5))
    return {"tokenizer": tokenizer(), "text_encoder": encoder, "vae": wan_vae(), "scheduler": scheduler, **changes}


def wan() -> Any:
    return WanPipeline(**wan_parts(transformer=wan_transformer()))


def wan_5b() -> Any:
    """The one set of weights of Wan 2.2 for text and image."""
    vae = wan_vae(
        z_dim=48,
        in_channels=12,
        out_channels=12,
        patch_size=2,
        is_residual=True,
        scale_factor_spatial=16,
        latents_mean=[0.0] * 48,
        latents_std=[1.0] * 48,
    )
    transformer = wan_transformer(in_channels=48, out_channels=48)
    return WanPipeline(**wan_parts(vae=vae, transformer=transformer, expand_timesteps=True))


def wan_frames() -> Any:
    """Wan 2.2's two transformers for first and last frame."""
    parts = {name: wan_transformer(in_channels=36) for name in ("transformer", "transformer_2")}
    return WanImageToVideoPipeline(
        **wan_parts(**parts, boundary_ratio=0.9, image_encoder=None, image_processor=None),
    )


def wan_image() -> Any:
    """Wan 2.1's weights for one picture, seen by an encoder of its own as well."""
    encoder = CLIPVisionModel(
        CLIPVisionConfig(
            hidden_size=32, projection_dim=32, intermediate_size=37, num_hidden_layers=2, num_attention_heads=4,
            image_size=32, patch_size=8,
        )
    )  # fmt: skip
    transformer = wan_transformer(in_channels=36, image_dim=32)
    processor = CLIPImageProcessor(crop_size=32, size=32)
    return WanImageToVideoPipeline(
        **wan_parts(transformer=transformer, image_encoder=encoder, image_processor=processor)
    )


def ltx_parts() -> dict[str, Any]:
    transformer = LTXVideoTransformer3DModel(
        in_channels=8, out_channels=8, patch_size=1, patch_size_t=1, num_attention_heads=4, attention_head_dim=8,
        cross_attention_dim=32, num_layers=1, caption_channels=32,
    )  # fmt: skip
    vae = AutoencoderKLLTXVideo(
        in_channels=3, out_channels=3, latent_channels=8, block_out_channels=(8, 8, 8, 8),
        decoder_block_out_channels=(8, 8, 8, 8), layers_per_block=(1, 1, 1, 1, 1),
        decoder_layers_per_block=(1, 1, 1, 1, 1), spatio_temporal_scaling=(True, True, True, False),
        decoder_spatio_temporal_scaling=(True, True, True, False), decoder_inject_noise=(False,) * 5,
        upsample_residual=(False,) * 4, upsample_factor=(1,) * 4, timestep_conditioning=False, patch_size=4,
        patch_size_t=1, encoder_causal=True, decoder_causal=False,
    )  # fmt: skip
    vae.use_framewise_encoding = vae.use_framewise_decoding = False
    return {
        "transformer": transformer,
        "vae": vae,
        "scheduler": FlowMatchEulerDiscreteScheduler(),
        "text_encoder": T5EncoderModel(T5Config(**T5)),
        "tokenizer": tokenizer(),
    }


def hunyuan() -> Any:
    transformer = HunyuanVideoTransformer3DModel(
        in_channels=4, out_channels=4, num_attention_heads=2, attention_head_dim=10, num_layers=1,
        num_single_layers=1, num_refiner_layers=1, patch_size=2, patch_size_t=1, guidance_embeds=True,
        text_embed_dim=16, pooled_projection_dim=8, rope_axes_dim=(2, 4, 4),
    )  # fmt: skip
    vae = AutoencoderKLHunyuanVideo(
        in_channels=3, out_channels=3, latent_channels=4,
        down_block_types=("HunyuanVideoDownBlock3D",) * 4, up_block_types=("HunyuanVideoUpBlock3D",) * 4,
        block_out_channels=(8, 8, 8, 8), layers_per_block=1, act_fn="silu", norm_num_groups=4, scaling_factor=0.476986,
        spatial_compression_ratio=8, temporal_compression_ratio=4, mid_block_add_attention=True,
    )  # fmt: skip
    small = {"hidden_size": 16, "intermediate_size": 37, "num_hidden_layers": 2, "num_attention_heads": 4}
    llama = LlamaModel(LlamaConfig(**small, vocab_size=VOCABULARY, max_position_embeddings=512, pad_token_id=0))
    clip = CLIPTextModel(CLIPTextConfig(**{**small, "hidden_size": 8}, vocab_size=VOCABULARY, projection_dim=8,
                                        bos_token_id=2, eos_token_id=1, pad_token_id=0))  # fmt: skip
    return HunyuanVideoPipeline(
        text_encoder=llama,
        tokenizer=tokenizer(),
        transformer=transformer,
        vae=vae,
        scheduler=FlowMatchEulerDiscreteScheduler(shift=7.0),
        text_encoder_2=clip,
        tokenizer_2=tokenizer(77),
    )


def cogvideox_parts(**changes: Any) -> dict[str, Any]:
    transformer = CogVideoXTransformer3DModel(**{
        "num_attention_heads": 2, "attention_head_dim": 16, "in_channels": 4, "out_channels": 4, "time_embed_dim": 2,
        "text_embed_dim": 32, "num_layers": 1, "sample_width": 6, "sample_height": 4, "sample_frames": 9,
        "patch_size": 2, "temporal_compression_ratio": 4, "max_text_seq_length": 226,
        "use_rotary_positional_embeddings": True, **changes,
    })  # fmt: skip
    vae = AutoencoderKLCogVideoX(
        in_channels=3, out_channels=3, down_block_types=("CogVideoXDownBlock3D",) * 4,
        up_block_types=("CogVideoXUpBlock3D",) * 4, block_out_channels=(8, 8, 8, 8), latent_channels=4,
        layers_per_block=1, norm_num_groups=2, temporal_compression_ratio=4,
    )  # fmt: skip
    return {
        "transformer": transformer,
        "vae": vae,
        "scheduler": CogVideoXDDIMScheduler(),
        "text_encoder": T5EncoderModel(T5Config(**T5)),
        "tokenizer": tokenizer(),
    }


def cogvideox_image() -> Any:
    """Weights with learned positions, which can be painted at one size alone."""
    return CogVideoXImageToVideoPipeline(**cogvideox_parts(in_channels=8, use_learned_positional_embeddings=True))


PIPELINES: dict[str, Callable[[], Any]] = {
    "wan": wan,
    "wan-5b": wan_5b,
    "wan-frames": wan_frames,
    "wan-image": wan_image,
    "ltx": lambda: LTXPipeline(**ltx_parts()),
    "ltx-condition": lambda: LTXConditionPipeline(**ltx_parts()),
    "hunyuan": hunyuan,
    "cogvideox": lambda: CogVideoXPipeline(**cogvideox_parts()),
    "cogvideox-image": cogvideox_image,
}


def main(folder: Path) -> None:
    for name, make in PIPELINES.items():
        torch.manual_seed(0)
        make().save_pretrained(folder / name, safe_serialization=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
