/// A layer as described: what it computes, without weights.
///
/// To add a layer, write a file with a type like this and its `LayerRun`, add the type to
/// `LayerWords.all`, and write its test.
public protocol Layer: Sendable {
  /// Words that start its line in a description, the canonical one first.
  static var words: [String] { get }

  /// Reads what follows the word.
  static func parse(_ arguments: inout LayerArguments) throws(NetworkError) -> Self

  /// A line of the description language that reads back as the same layer.
  var text: String { get }

  /// For tables: `Conv2D(64, 3×3, ReLU)`.
  var title: String { get }

  /// What an input of this shape becomes. `name` is for messages.
  func output(for input: FeatureShape, name: String) throws(NetworkError) -> FeatureShape

  /// What is stored for it, in order.
  func parameters(for input: FeatureShape) -> [ParameterShape]

  /// Values that are made of its weights where they do not learn, and kept for all passes of up to
  /// `batch` examples.
  func keptWeights(for input: FeatureShape, batch: Int) -> Int

  /// Floating-point operations of one example forwards (a multiply-add counts as 2).
  func operations(for input: FeatureShape, output: FeatureShape) -> Int

  /// Why the output has this shape and the layer so many parameters, a sentence a line.
  func explanation(for input: FeatureShape, output: FeatureShape) -> [String]

  /// Chains inside the layer.
  var branches: [[any Layer]] { get }

  /// The activation that ends its line.
  var activation: (any Activation)? { get }

  /// Whether it does anything to the values.
  func computes(isTraining: Bool) -> Bool

  /// What it can do in the same pass as its own work.
  var fusion: FusionAbilities { get }

  /// The layer with its memory, ready to run; `step` says what it does besides its own work.
  func run(_ step: StepPlan, in site: CompilationSite) -> any LayerRun
}

extension Layer {
  public func parameters(for input: FeatureShape) -> [ParameterShape] { [] }
  public func keptWeights(for input: FeatureShape, batch: Int) -> Int { 0 }
  public var branches: [[any Layer]] { [] }
  public var activation: (any Activation)? { nil }
  public func computes(isTraining: Bool) -> Bool { true }
  public var fusion: FusionAbilities { [] }
  /// The word that starts its names: `conv1`.
  public var word: String { Self.words[0] }
}

/// A layer that holds chains of layers in braces.
protocol Block: Layer {
  /// The same with other layers in its chains.
  func holding(_ branches: [[any Layer]]) -> Self
}

extension Block {
  /// A chain as the description language has it.
  static func text(of layers: [any Layer]) -> String {
    "{ " + layers.map(\.text).joined(separator: "; ") + " }"
  }

  /// What a chain makes of an input of this shape.
  func end(
    of layers: [any Layer], for input: FeatureShape, name: String
  ) throws(NetworkError) -> FeatureShape {
    var shape = input
    for layer in layers { shape = try layer.output(for: shape, name: "\(name): \(layer.text)") }
    return shape
  }
}

/// A tensor of a layer: how it lies in memory and how in files.
public struct ParameterShape: Sendable, Hashable {
  /// `weight`, `bias`, `running_mean`, `running_var`.
  public var suffix: String
  /// Axes in memory, outermost first.
  public var memory: [Int]
  /// Which axis of memory is axis `i` of the file, before neighbours are merged.
  public var order: [Int]
  /// Axes in the file (some are merged: flattened maps).
  public var file: [Int]
  /// Values that one output sums over; 0 for tensors that do not start at random.
  public var fanIn: Int
  /// Outputs that one value goes to.
  public var fanOut: Int
  /// The value at the start where it is not random.
  public var start: Float
  /// How it starts at random where the layer says so; nil as the settings say.
  public var initialization: Initialization?
  /// Whether it is made from the training images and never changed.
  public var isWhitened = false
  /// Whether training changes it by gradient (running statistics are not).
  public var isTrained: Bool
  /// Whether weight decay shrinks it (weights are, biases and scales are not).
  public var decays: Bool

  public var count: Int { memory.reduce(1, *) }

  public init(
    _ suffix: String, memory: [Int], order: [Int]? = nil, file: [Int]? = nil, fanIn: Int = 0,
    fanOut: Int = 0, start: Float = 0, isTrained: Bool = true, decays: Bool = false
  ) {
    self.suffix = suffix
    self.memory = memory
    self.order = order ?? Array(memory.indices)
    self.file = file ?? memory
    self.fanIn = fanIn
    self.fanOut = fanOut
    self.start = start
    self.isTrained = isTrained
    self.decays = decays
  }

  /// Whether training changes it by gradient at all.
  public var learns: Bool { isTrained && !isWhitened }

  /// Takes what the layer says about its start.
  mutating func start(_ start: WeightStart?) {
    switch start {
    case .drawn(let own): initialization = own
    case .whitened: isWhitened = true
    case nil: break
    }
  }
}

/// All layers of the description language.
public enum LayerWords {
  public static let all: [any Layer.Type] = [
    Conv2D.self, Depthwise.self, MaxPool.self, MinPool.self, AveragePool.self,
    GlobalAveragePool.self,
    GlobalMaxPool.self, Flatten.self, Dense.self, BatchNorm.self, Dropout.self, DropPath.self,
    Residual.self, Gate.self,
    ReLU.self, ReLU6.self, LeakyReLU.self, GELU.self, SiLU.self, Sigmoid.self, Tanh.self,
    HardSwish.self, HardSigmoid.self, Scale.self,
  ]

  /// The canonical words, for messages.
  public static var list: String { all.map { $0.words[0] }.joined(separator: ", ") }

  static func type(for word: String) -> (any Layer.Type)? {
    all.first { $0.words.contains(word) }
  }
}
