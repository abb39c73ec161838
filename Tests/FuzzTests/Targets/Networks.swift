import ConvNet

extension FuzzTarget {
  static let networks: [FuzzTarget] = [
    FuzzTarget("safetensors") { bytes in
      let file = try Safetensors(bytes)
      let written = file.encoded()
      do {
        let again = try Safetensors(written)
        try demand(
          again.metadata.elementsEqual(file.metadata, by: ==), "metadata come back changed")
        try demand(again.tensors.count == file.tensors.count, "tensors are lost")
        for (one, other) in zip(again.tensors, file.tensors) {
          try demand(
            one.name == other.name && one.shape == other.shape
              && one.values.elementsEqual(other.values) { $0.bitPattern == $1.bitPattern },
            "tensor \(one.name) comes back changed")
        }
      } catch let error as NetworkError {
        throw Finding(description: "a file of ours is refused: \(error)")
      }
    },
    FuzzTarget("model-file") { bytes in
      let model = try ModelFile.decode(bytes)
      do {
        let again = try ModelFile.decode(ModelFile.encode(model))
        try demand(again.classNames == model.classNames, "class names come back changed")
        try demand(
          again.network.architecture.text == model.network.architecture.text,
          "the architecture comes back changed")
      } catch let error as NetworkError {
        throw Finding(description: "a model of ours is refused: \(error)")
      }
    },
    FuzzTarget("checkpoint") { bytes in
      let checkpoint = try Checkpoint(bytes)
      let written = checkpoint.encoded()
      do {
        let again = try Checkpoint(written)
        try demand(again.encoded() == written, "a checkpoint comes back changed")
      } catch let error as NetworkError {
        throw Finding(description: "a checkpoint of ours is refused: \(error)")
      }
    },
    FuzzTarget("description") { bytes in
      let text = String(decoding: bytes, as: UTF8.self)
      let architecture = try Architecture(text)
      let shape = architecture.input ?? FeatureShape(height: 32, width: 32, channels: 3)
      let network = try Network(architecture, input: shape)
      _ = Summary(network)
      let written = network.architecture.text
      do {
        let again = try Network(Architecture(written))
        try demand(again.architecture.text == written, "a description comes back changed")
      } catch let error as NetworkError {
        throw Finding(description: "our own description is refused: \(error)")
      }
    },
  ]
}
