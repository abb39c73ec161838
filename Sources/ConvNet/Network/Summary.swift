/// The table of a network: a row a layer, as the Keras summary has it.
public struct Summary: Sendable, Equatable {
  public struct Row: Sendable, Equatable {
    /// `conv1`.
    public var name: String
    /// `Conv2D(64, 3×3, relu)`.
    public var title: String
    /// The output of one example.
    public var output: FeatureShape
    public var trainable: Int
    public var nonTrainable: Int
    /// Floating-point operations of one example forwards (a multiply-add counts as 2).
    public var operations: Int
    /// Why shape and count are what they are, a sentence a line.
    public var explanation: [String]
    /// 0 for the chain itself, 1 for layers inside a block…
    public var depth: Int

    public var parameters: Int { trainable + nonTrainable }
  }

  public var input: FeatureShape
  public var rows: [Row]
  public var trainable: Int { rows.reduce(0) { $0 + $1.trainable } }
  public var nonTrainable: Int { rows.reduce(0) { $0 + $1.nonTrainable } }
  public var parameters: Int { trainable + nonTrainable }

  public init(_ network: Network) {
    input = network.input
    rows = []
    add(network.nodes, depth: 0)
  }

  private mutating func add(_ nodes: [LayerNode], depth: Int) {
    for node in nodes {
      func count(_ isTrained: Bool) -> Int {
        node.slots.reduce(0) { $0 + ($1.shape.learns == isTrained ? $1.shape.count : 0) }
      }
      rows.append(
        Row(
          name: node.name, title: node.layer.title, output: node.output, trainable: count(true),
          nonTrainable: count(false),
          operations: node.layer.operations(for: node.input, output: node.output),
          explanation: node.layer.explanation(for: node.input, output: node.output), depth: depth))
      for branch in node.branches { add(branch, depth: depth + 1) }
    }
  }
}
