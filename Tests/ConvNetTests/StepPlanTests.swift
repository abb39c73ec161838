import ConvNet
import Raster
import Testing

@Suite("StepPlan")
struct StepPlanTests {
  func steps(_ text: String, isTraining: Bool = true, fuses: Bool = true) throws -> [String] {
    let network = try Network(Architecture("input 8x8x1; " + text))
    return StepPlan.steps(network.nodes, isTraining: isTraining, fuses: fuses).map { step in
      step.node.name + (step.layer is any Activation ? " \(step.layer.text)" : "")
        + (step.rectifies ? "+relu" : "")
        + (step.pool == nil ? "" : "+pool") + (step.masksInput ? " masks" : "")
        + (step.isMasked ? " masked" : "") + " \(step.end):\(step.outputs)"
    }
  }

  @Test("a convolution takes the ReLU and the pooling behind it, a dense layer the ReLU")
  func fused() throws {
    #expect(
      try steps("conv 2 3x3 same; relu; maxpool 2; conv 2 3x3; flatten; dense 4; relu; dense 3")
        == ["conv1+relu+pool 3:32", "conv2 4:8", "dense1+relu 7:4", "dense2 8:3"])
    #expect(
      try steps("conv 2 3x3 same; maxpool 2; relu; flatten; dense 3")
        == ["conv1+pool 2:32", "relu1 relu 3:32", "dense1 5:3"])
  }

  @Test("what ends a layer's line stays with it; neighbours stay apart where each is to be seen")
  func apart() throws {
    #expect(
      try steps("conv 2 3x3 same relu; maxpool 2; flatten; dense 3", fuses: false)
        == ["conv1+relu 1:128", "maxpool1 2:32", "dense1 4:3"])
    #expect(
      try steps("conv 2 3x3 same gelu; maxpool 2; flatten; dense 3 tanh")
        == ["conv1 1:128", "conv1 gelu 1:128", "maxpool1 2:32", "dense1 4:3", "dense1 tanh 4:3"])
  }

  @Test("a padded pooling, a second ReLU and other activations are steps of their own")
  func unfused() throws {
    #expect(
      try steps("conv 2 3x3 same; maxpool 3 stride 2 same; flatten; dense 3")
        == ["conv1 1:128", "maxpool1 2:32", "dense1 4:3"])
    #expect(
      try steps("flatten; dense 3 relu; relu; dense 2; leakyrelu")
        == ["dense1+relu 2:3", "relu1 relu 3:3", "dense2 4:2", "leakyrelu1 leakyrelu 5:2"])
  }

  @Test("a residual block takes the ReLU behind it where no gradient follows")
  func residual() throws {
    let text = "residual { conv 1 3x3 same } relu; flatten; dense 3"
    #expect(
      try steps(text) == ["residual1 1:64", "residual1 relu 1:64", "dense1 3:3"])
    #expect(try steps(text, isTraining: false) == ["residual1+relu 1:64", "dense1 3:3"])
  }

  @Test("dropout is a step of a training alone, and never joined over")
  func dropout() throws {
    let text = "conv 2 3x3 same; dropout 0.5; relu; flatten; dense 3"
    #expect(
      try steps(text) == ["conv1 1:128", "dropout1 2:128", "relu1 relu 3:128", "dense1 5:3"])
    #expect(
      try steps(text, isTraining: false) == ["conv1 1:128", "relu1 relu 3:128", "dense1 5:3"])
  }

  @Test("a dense layer behind a convolution with a ReLU masks the gradient for both")
  func masks() throws {
    let text = "conv 2 3x3 relu; flatten; dense 4 relu; dense 3"
    #expect(
      try steps(text)
        == ["conv1+relu masked 1:72", "dense1+relu masks 3:4", "dense2 4:3"])
    #expect(
      try steps(text, isTraining: false) == ["conv1+relu 1:72", "dense1+relu 3:4", "dense2 4:3"])
    #expect(try steps("conv 2 3x3; flatten; dense 3") == ["conv1 1:72", "dense1 3:3"])
  }

  @Test("a depthwise convolution takes the 1×1 convolutions around it where its maps are large")
  func banded() throws {
    let network = try Network(
      Architecture(
        """
        input 24x24x2; conv 32 1x1 relu6; depthwise 3x3 same relu6; conv 8 1x1; \
        residual { conv 32 1x1; relu; depthwise 5x5 same; conv 8 1x1 }; \
        depthwise 3x3 stride 2 relu; conv 4 1x1 gelu; conv 64 1x1; depthwise 3x3; flatten; dense 3
        """))
    let weights = Weights(network, seed: 3)
    let team = ThreadTeam(threads: 2)
    let images = (0..<9 * network.input.count).map { Float($0 % 23) / 11 - 1 }
    let banded = CompiledNetwork(network, weights, batch: 4, team: team)
    let names = banded.chain.steps.map { step in
      step.bands.isEmpty ? step.node.name : step.bands.map(\.node.name).joined(separator: "+")
    }
    #expect(
      names == [
        "conv1+depthwise1+conv2", "residual1", "depthwise3+conv5", "conv5", "conv6+depthwise4",
        "dense1",
      ])
    let apart = CompiledNetwork(network, weights, batch: 4, fuses: false, team: team)
    #expect(!apart.chain.steps.contains { !$0.bands.isEmpty })
    #expect(banded.outputs(for: images) == apart.outputs(for: images))
  }
}
