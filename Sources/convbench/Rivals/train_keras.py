"""Trains one of the benchmark's models with Keras on TensorFlow; prints the seconds of each epoch."""

import argparse
import json
import os
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import keras
import tensorflow as tf
from keras import layers

import image_sets


def model_named(name):
    if name == "mnist-conv":
        inside = [keras.Input((28, 28, 1)), layers.Conv2D(64, 3, activation="relu"), layers.Flatten(),
                  layers.Dense(32, activation="relu")]
    elif name == "cifar-pool":
        inside = [keras.Input((32, 32, 3)), layers.Conv2D(64, 3, activation="relu"),
                  layers.MaxPooling2D(), layers.Flatten(), layers.Dense(32, activation="relu")]
    elif name == "cifar-deep":
        inside = [keras.Input((32, 32, 3)),
                  layers.Conv2D(64, 3, padding="same", activation="relu"), layers.MaxPooling2D(),
                  layers.Conv2D(64, 3, padding="same", activation="relu"), layers.MaxPooling2D(),
                  layers.Flatten(), layers.Dense(128, activation="relu")]
    else:
        raise SystemExit(f"unknown model {name}")
    return keras.Sequential(inside + [layers.Dense(10, activation="softmax")])


class Clock(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.seconds = []

    def on_epoch_begin(self, epoch, logs=None):
        self.start = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        self.seconds.append(time.perf_counter() - self.start)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("--data", required=True)
    parser.add_argument("--examples", type=int)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    tf.config.threading.set_intra_op_parallelism_threads(options.threads)
    tf.config.threading.set_inter_op_parallelism_threads(options.threads)
    keras.utils.set_random_seed(1)
    images, labels = image_sets.load(options.model, options.data, options.examples)
    model = model_named(options.model)
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    clock = Clock()
    history = model.fit(
        images, labels, batch_size=128, epochs=options.epochs, verbose=0, callbacks=[clock])
    print(json.dumps({
        "program": f"Keras {keras.__version__} on TensorFlow {tf.__version__}",
        "seconds": clock.seconds, "parameters": model.count_params(),
        "loss": history.history["loss"][-1],
    }))


main()
