import Text

/// An architecture in which every shape is known: layers have names, tensors have places.
public struct Network: Sendable {
  public let input: FeatureShape
  public let nodes: [LayerNode]
  public let architecture: Architecture
  /// All tensors, from the input on.
  public let slots: [ParameterSlot]
  /// Values changed by gradient.
  public let trainedCount: Int
  /// Values that training keeps by other means (running means and variances).
  public let statisticsCount: Int

  /// The largest number of values in one tensor of a batch or in all weights: 2³⁰ (4 GB).
  static let limit = 1 << 30
  /// The largest number of operations for an image: a millionfold of the digits' network.
  static let operationLimit = 1 << 40

  /// - Parameter input: the shape of an example; may be nil if the architecture states it.
  /// - Throws: when a layer doesn't fit what precedes it.
  public init(
    _ architecture: Architecture, input: FeatureShape? = nil
  ) throws(NetworkError) {
    guard let shape = input ?? architecture.input else {
      throw .invalidSetting("the input shape", allowed: "a line \"input 32x32x3\", or a data set")
    }
    if let stated = architecture.input, stated != shape {
      throw .inputShape(model: stated, data: shape)
    }
    var placing = Placing(positions: architecture.positions)
    nodes = try placing.place(architecture.layers, input: shape)
    try Self.checkWhitening(nodes)
    self.input = shape
    self.architecture = Architecture(architecture.layers, input: shape)
    slots = placing.slots
    trainedCount = placing.trained
    statisticsCount = placing.statistics
  }

  /// The shape after the last layer.
  public var output: FeatureShape { nodes.last?.output ?? input }

  /// All nodes, those inside blocks after the block that holds them.
  public var allNodes: [LayerNode] {
    func flat(_ nodes: [LayerNode]) -> [LayerNode] {
      nodes.flatMap { [$0] + $0.branches.flatMap { flat($0) } }
    }
    return flat(nodes)
  }

  /// The name of the first layer that compares the examples of a batch, value by value: of a single
  /// one it can learn nothing. nil where there is none.
  var firstComparison: String? {
    allNodes.first {
      $0.layer is BatchNorm && ($0.input.isFlat || $0.input.height * $0.input.width == 1)
    }?.name
  }

  /// Checks that only the first layer is made from the images.
  private static func checkWhitening(_ nodes: [LayerNode]) throws(NetworkError) {
    for (index, node) in nodes.enumerated() {
      if index > 0, node.slots.contains(where: \.shape.isWhitened) {
        throw .whiteningNotFirst(layer: node.name)
      }
      for branch in node.branches
      where branch.contains(where: { !$0.slots.allSatisfy { !$0.shape.isWhitened } }) {
        throw .whiteningNotFirst(layer: node.name)
      }
    }
  }

  /// Checks that the network ends in one number a class.
  public func checkClasses(_ count: Int) throws(NetworkError) {
    if !output.isFlat { throw .lastLayerNotFlat(output) }
    if output.count != count { throw .classCount(outputs: output.count, classes: count) }
  }
}

/// Gives names to layers and places to tensors.
private struct Placing {
  var slots: [ParameterSlot] = []
  var trained = 0
  var statistics = 0
  var operations = 0
  /// Where the layers are described, in the order in which they are placed.
  let positions: [TextPosition]
  private var placed = 0
  private var numbers: [String: Int] = [:]

  init(positions: [TextPosition]) { self.positions = positions }

  mutating func place(
    _ layers: [any Layer], input: FeatureShape
  ) throws(NetworkError) -> [LayerNode] {
    var nodes: [LayerNode] = []
    var shape = input
    for layer in layers {
      let position = placed < positions.count ? positions[placed] : nil
      placed += 1
      let node: LayerNode
      do { node = try place(layer, input: shape) } catch .misfit(let at, let problem) {
        throw .misfit(at: at, problem)
      } catch {
        guard let position else { throw error }
        throw .misfit(at: position, error)
      }
      shape = node.output
      nodes.append(node)
    }
    return nodes
  }

  private mutating func place(
    _ layer: any Layer, input shape: FeatureShape
  ) throws(NetworkError) -> LayerNode {
    numbers[layer.word, default: 0] += 1
    let name = layer.word + "\(numbers[layer.word]!)"
    let slots = try place(layer.parameters(for: shape), of: name)
    var branches: [[LayerNode]] = []
    for branch in layer.branches { branches.append(try place(branch, input: shape)) }
    let output = try layer.output(for: shape, name: name)
    try check([output.height, output.width, output.channels], of: name)
    operations += layer.operations(for: shape, output: output)
    if operations > Network.operationLimit { throw .tooSlow(layer: name) }
    return LayerNode(
      name: name, layer: layer, input: shape, output: output, slots: slots, branches: branches)
  }

  private mutating func place(
    _ tensors: [ParameterShape], of name: String
  ) throws(NetworkError) -> [ParameterSlot] {
    var mine: [ParameterSlot] = []
    for tensor in tensors {
      try check(tensor.memory, of: name)
      // Tensors start at multiples of 64 bytes.
      let count = (tensor.count + 15) / 16 * 16
      let place = tensor.isTrained ? trained : statistics
      mine.append(ParameterSlot(name: "\(name).\(tensor.suffix)", shape: tensor, offset: place))
      if tensor.isTrained { trained += count } else { statistics += count }
      if max(trained, statistics) > Network.limit { throw .tooLarge(layer: name) }
    }
    slots += mine
    return mine
  }

  private func check(_ axes: [Int], of name: String) throws(NetworkError) {
    var product = 1
    for axis in axes {
      let (next, overflow) = product.multipliedReportingOverflow(by: axis)
      if overflow || next > Network.limit { throw .tooLarge(layer: name) }
      product = next
    }
  }
}
