import ConvEngine
import ConvNet
import Foundation

/// A step of training, or the judgement of pictures, that is timed.
struct NetworkJob: Codable {
  var group: String
  var name: String
  /// In the description language, with the shape of the input.
  var layers: String
  var batch: Int
  var isTraining: Bool
  var threads: Int
  /// A lower level of instructions than the processor's; only ours has it, so no rival runs.
  var instructionSet: String?
  /// Of the products of a step, ours and PyTorch's.
  var precision = Precision.f32.rawValue
  /// The ratios that are asked for: to PyTorch, to ONNX Runtime.
  var targets: [Double?] = []

  /// Rate and momentum (Nesterov's) of a step, without decay: the same for everyone.
  static let (rate, momentum) = (Float(0.01), Float(0.9))

  func network() throws -> Network { try Network(Architecture(layers)) }

  /// The same numbers for everyone.
  func model(_ network: Network) throws -> Model {
    try Model(
      network: network, weights: Weights(network, .he, seed: 1),
      classNames: (0..<network.output.count).map { "\($0)" },
      normalization: .unit(channels: network.input.channels))
  }

  /// Levels of 0…255, slopes and noise, an image behind the other.
  func images(_ network: Network) -> [UInt8] {
    let row = network.input.width * network.input.channels
    var state: UInt32 = 1
    return (0..<batch * network.input.count).map { place in
      state = state &* 1_664_525 &+ 1_013_904_223
      return UInt8(truncatingIfNeeded: place % row / 7 + place / row / 5 + Int(state >> 26))
    }
  }

  /// Classes in turn.
  func label(_ example: Int, _ network: Network) -> Int32 {
    Int32(example * 7 % network.output.count)
  }

  init(json: String) throws {
    self = try JSONDecoder().decode(NetworkJob.self, from: Data(json.utf8))
  }

  init(
    _ group: String, _ name: String, _ layers: String, batch: Int, isTraining: Bool = true,
    threads: Int, targets: [Double?] = []
  ) {
    self.group = group
    self.name = name
    self.layers = layers
    self.batch = batch
    self.isTraining = isTraining
    self.threads = threads
    self.targets = targets
  }

  func json() throws -> String {
    String(decoding: try JSONEncoder().encode(self), as: UTF8.self)
  }
}
