"""`make demo`: a scripted member lives through the whole main job, with the real bot, the real engine, the stand-in."""
