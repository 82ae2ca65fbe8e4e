"""Engines that run the encoder: token windows in, logits out."""
