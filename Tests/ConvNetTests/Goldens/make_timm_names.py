"""Names and shapes of the tensors of timm's EfficientNet-Lite0, a line each.

    python3 make_timm_names.py > timm-lite0.txt      (made with timm 1.0.31)
"""

import timm

model = timm.create_model("tf_efficientnet_lite0", pretrained=False)
for name, tensor in model.state_dict().items():
    if not name.endswith("num_batches_tracked"):
        print(name, *tensor.shape)
