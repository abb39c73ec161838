import ConvNet
import Random
import Raster
import Testing

@Suite("Gradients by finite differences")
struct GradientTests {
  /// One network for each kind of layer, with weights before it (so that its input's gradient
  /// matters) and behind it.
  static let networks = [
    "conv 3 3x3; flatten; dense 3",
    "conv 3 3x2 stride 2x1 same tanh; conv 2 2x2 dilation 2 pad 1 nobias; flatten; dense 3",
    "conv 3 3x3 same; maxpool 2; flatten; dense 3",
    "conv 3 3x3 same; maxpool 3 stride 2 pad 1; flatten; dense 3",
    "conv 3 3x3 same; minpool 2 same; flatten; dense 3",
    "conv 3 3x3 same; avgpool 3 stride 2 same; flatten; dense 3",
    "conv 3 3x3 same; globalavgpool; dense 3",
    "conv 3 3x3 same; globalmaxpool; dense 3",
    "conv 3 3x3 same; relu; flatten; dense 3",
    "conv 3 3x3 same relu6; flatten; dense 3",
    "conv 4 3x3 same; depthwise 3x3 stride 2 same relu; depthwise 3x2 nobias; flatten; dense 3",
    "conv 4 3x3 same; conv 6 3x3 same groups 2; conv 6 2x2 groups=6 relu; flatten; dense 3",
    "conv 3 3x3 same leakyrelu 0.2; flatten; dense 3",
    "conv 3 3x3 same gelu; flatten; dense 3",
    "conv 3 3x3 same silu; flatten; dense 3",
    "conv 3 3x3 same sigmoid; flatten; dense 3",
    "conv 3 3x3 same tanh; flatten; dense 5 tanh; dense 3",
    "conv 3 3x3 same; batchnorm; tanh; flatten; dense 4; batchnorm; dense 3",
    "conv 3 3x3 same; batchnorm noscale; gelu; conv 3 3x3 same; maxpool 2; batchnorm; silu; flatten; dense 3",
    "conv 3 3x3 same hardswish; scale 1/3; flatten; dense 3; scale 2",
    "conv 3 3x3 same; dropout 0.3; flatten; dense 3",
    "conv 3 3x3 same tanh; residual { conv 3 3x3 same tanh } tanh; flatten; dense 3",
    "conv 3 3x3 same; residual { conv 4 3x3 same tanh } shortcut { conv 4 1x1 }; flatten; dense 3",
    "conv 3 3x3 same; residual { dropout 0.2 }; flatten; dense 3",
    "conv 3 3x3 same; gate { globalavgpool; dense 2 relu; dense 3 sigmoid }; flatten; dense 3",
    "conv 3 3x3 same hardsigmoid; gate { conv 3 3x3 same tanh }; globalavgpool; gate { flatten }; dense 3",
    "conv 3 3x3 same; residual { conv 3 3x3 same tanh; droppath 0.4 }; flatten; dense 3",
  ]

  @Test("every layer's gradient is the slope of the loss", arguments: networks)
  func slope(layers: String) throws {
    let network = try Network(
      Architecture(layers), input: FeatureShape(height: 6, width: 5, channels: 2))
    let random = CounterRandom(key: 7)
    let batch = 4
    let images = (0..<batch * network.input.count).map { 2 * random.uniform(UInt64($0)) - 1 }
    let labels = (0..<Int32(batch)).map { $0 % 3 }
    let loss = SoftmaxCrossEntropy(classes: 3, smoothing: 0.1, classWeights: [1, 0.5, 2])
    let start = Weights(network, seed: 3)
    let compiled = CompiledNetwork(
      network, start, batch: batch, isTraining: true, team: .forNetworks(threads: 2))
    let (_, gradient) = compiled.gradient(images, labels, loss)
    for slot in network.slots where slot.shape.isTrained {
      // A few places of each tensor, and both sides of each.
      for place in stride(from: 0, to: slot.shape.count, by: max(1, slot.shape.count / 5)) {
        let step: Float = 2e-3
        func value(_ shift: Float) -> Double {
          var moved = start
          moved.trained[slot.offset + place] += shift
          compiled.weights = moved
          return compiled.gradient(images, labels, loss).tally.meanLoss
        }
        // At a kink (of ReLU, of a pooling) the gradient is the slope of one side.
        let here = value(0)
        let sides = [
          (here - value(-step)) / Double(step), (value(step) - here) / Double(step),
        ].sorted()
        let slack = 2e-3 + 0.01 * abs(sides[1])
        let found = Double(gradient[slot.offset + place])
        #expect(
          found > sides[0] - slack && found < sides[1] + slack,
          "\(slot.name)[\(place)]: \(found), sides \(sides)")
      }
    }
  }

  @Test("fused and unfused layers yield the same gradient", arguments: networks)
  func fusion(layers: String) throws {
    let network = try Network(
      Architecture(layers), input: FeatureShape(height: 6, width: 5, channels: 2))
    let random = CounterRandom(key: 8)
    let images = (0..<3 * network.input.count).map { 2 * random.uniform(UInt64($0)) - 1 }
    let gradients = [true, false].map { fuses in
      CompiledNetwork(
        network, Weights(network, seed: 5), batch: 3, isTraining: true, fuses: fuses,
        team: .forNetworks(threads: 1)
      ).gradient(images, [0, 1, 2], SoftmaxCrossEntropy(classes: 3)).gradient
    }
    #expect(difference(gradients[0], gradients[1]) < 1e-5)
  }
}
