"""ONNX Runtime on the exported network, all optimisations (see network_rival.py)."""
import os
import sys

import onnxruntime

from network_rival import Job, serve

job = Job()
if job.trains:
    sys.exit("ONNX Runtime predicts only")
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = job.threads
options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
session = onnxruntime.InferenceSession(
    os.path.join(job.folder, "model.onnx"), options, providers=["CPUExecutionProvider"])
shape = session.get_inputs()[0].shape[1:]
images = job.images([job.batch] + shape)
run = lambda: session.run(None, {"image": images})
for _ in range(3):
    first = run()[0][0]
serve(first, run)
