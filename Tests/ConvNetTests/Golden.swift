import ConvNet
import Libc
import Raster
import TestSupport
import Testing

/// A network with weights, a batch, and what PyTorch makes of them (Goldens/make_goldens.py).
struct Golden {
  static let names = ["lecture", "deeper", "windows", "norm", "residual", "gate", "plain"]

  let file: Safetensors
  let network: Network
  let weights: Weights
  let images: [Float]
  let labels: [Int32]
  let loss: SoftmaxCrossEntropy

  init(_ name: String) throws {
    file = try Safetensors(
      readFile("\(TestData.package)/Tests/ConvNetTests/Goldens/\(name).safetensors"))
    let shape = file[metadata: "input"]!.split(separator: "x").map { Int($0)! }
    network = try Network(
      Architecture(file[metadata: "layers"]!),
      input: FeatureShape(height: shape[0], width: shape[1], channels: shape[2]))
    weights = Self.weights(network, file, prefix: "")
    images = Self.values(file, "test.images")
    labels = Self.values(file, "test.labels").map { Int32($0) }
    let classWeights = file[metadata: "class_weights"]!.split(separator: " ").map { Float($0)! }
    loss = SoftmaxCrossEntropy(
      classes: network.output.count, smoothing: Float(file[metadata: "smoothing"]!)!,
      classWeights: classWeights.isEmpty ? nil : classWeights)
  }

  func values(_ name: String) -> [Float] { Self.values(file, name) }

  /// Tensors of all slots whose names start with `prefix`, as weights in memory order.
  func weights(_ prefix: String) -> Weights { Self.weights(network, file, prefix: prefix) }

  private static func values(_ file: Safetensors, _ name: String) -> [Float] {
    file.tensors.first { $0.name == name }!.values
  }

  private static func weights(_ network: Network, _ file: Safetensors, prefix: String) -> Weights {
    var weights = Weights(
      trained: [Float](repeating: 0, count: network.trainedCount),
      statistics: [Float](repeating: 0, count: network.statisticsCount))
    for slot in network.slots {
      guard let tensor = file.tensors.first(where: { $0.name == prefix + slot.name }) else {
        continue
      }
      weights.set(slot, slot.shape.fromFile(tensor.values))
    }
    return weights
  }

  func compiled(threads: Int = 2, fuses: Bool = true) -> CompiledNetwork {
    CompiledNetwork(
      network, weights, batch: labels.count, isTraining: true, fuses: fuses,
      team: .forNetworks(threads: threads))
  }

  /// Compares weights with those that PyTorch has after the same steps, and its inference with ours.
  func check(_ weights: Weights) {
    let expected = self.weights("after.")
    for slot in network.slots {
      let ours = Array(weights.values(of: slot))
      #expect(difference(ours, Array(expected.values(of: slot))) < 1e-3, "\(slot.name)")
    }
    let compiled = CompiledNetwork(network, expected, batch: 4, team: .forNetworks(threads: 1))
    #expect(difference(compiled.outputs(for: images), values("test.inference")) < 1e-4)
  }
}

func readFile(_ path: String) -> [UInt8] {
  let descriptor = open(path, O_RDONLY)
  precondition(descriptor >= 0, "no file \(path)")
  defer { close(descriptor) }
  var bytes: [UInt8] = []
  var part = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = read(descriptor, &part, part.count)
    if count <= 0 { return bytes }
    bytes += part[..<count]
  }
}

/// The largest difference between two vectors, as a share of the largest value.
func difference(_ first: [Float], _ second: [Float]) -> Float {
  precondition(first.count == second.count, "as many values")
  let scale = max(second.map { abs($0) }.max() ?? 0, 1e-3)
  return zip(first, second).map { $0.isFinite && $1.isFinite ? abs($0 - $1) : .infinity }
    .max().map { $0 / scale } ?? 0
}
