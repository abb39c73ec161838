import ConvNet
import Random
import Raster
import Testing

@Suite("Normalisation folded into the weights")
struct FoldingTests {
  static let networks = [
    "conv 5 3x3 same nobias; batchnorm; relu; flatten; dense 3",
    "conv 5 3x3; batchnorm epsilon 0.01; relu6; maxpool 2; flatten; dense 4; batchnorm; dense 3",
    "conv 4 1x1 nobias; batchnorm; depthwise 3x3 stride 2 same; batchnorm; relu6; globalavgpool; dense 3",
    "conv 9 1x1 nobias; batchnorm; relu6; conv 8 3x3 stride 2 pad 1; batchnorm; relu6; flatten; dense 3",
    "conv 4 3x3 same; residual { conv 4 3x3 same groups 2; batchnorm; relu6 } relu; batchnorm; "
      + "residual { conv 6 3x3 same; batchnorm } shortcut { conv 6 1x1; batchnorm }; flatten; dense 3",
    "conv 4 3x3 same nobias; batchnorm; gate { conv 4 1x1 nobias; batchnorm; sigmoid }; "
      + "gate { globalavgpool; dense 3; batchnorm; relu; dense 4 hardsigmoid }; droppath 0.5; flatten; dense 3",
  ]

  @Test("folding leaves the outputs as they were", arguments: networks)
  func outputs(layers: String) throws {
    let network = try Network(
      Architecture(layers), input: FeatureShape(height: 7, width: 6, channels: 2))
    let random = CounterRandom(key: 11)
    var weights = Weights(network, seed: 4)
    for index in weights.trained.indices { weights.trained[index] *= 3 }
    for index in weights.statistics.indices {
      weights.statistics[index] = 0.5 + random.uniform(UInt64(index))
    }
    let images = (0..<5 * network.input.count).map { 2 * random.uniform(1000 + UInt64($0)) - 1 }
    let compiled = [true, false].map {
      CompiledNetwork(
        network, weights, batch: 3, fuses: $0, team: .forNetworks(threads: 2))
    }
    let outputs = compiled.map { $0.outputs(for: images) }
    #expect(difference(outputs[0], outputs[1]) < 1e-5)
    #expect(compiled[0].weights == weights)
  }
}
