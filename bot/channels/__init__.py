"""One file or folder per channel; `channel.py` is the contract that they all keep."""
