"""Real data, always checked against a registered SHA-256: see ``data.toml`` for what there is and how to get it.

Two environment variables steer it. ``RECTIFIED_DATA`` names a folder that is searched first, with one subfolder per set
(``$RECTIFIED_DATA/mnist/train-images-idx3-ubyte``). ``RECTIFIED_OFFLINE=1`` forbids every download.
"""
