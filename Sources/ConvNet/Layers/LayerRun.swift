public import ConvEngine
import Random
public import Raster

/// What a step needs to know about the batch at hand.
public struct Pass: Sendable {
  /// Examples in the batch (1 … the size that the network was compiled for).
  public var count: Int
  /// Whether batch statistics and dropout are in force.
  public var isTraining: Bool
  /// Random numbers for this step of the run.
  public var random: CounterRandom
  /// The share of this batch in running statistics; nil as each layer has it.
  var newestShare: Float?
  /// Where these are a rank's examples of a larger batch.
  public var share: BatchShare?
  /// Weights of other ranks that may be on their way here still.
  package var division: WeightDivision?

  public init(count: Int, isTraining: Bool, random: CounterRandom, share: BatchShare? = nil) {
    self.count = count
    self.isTraining = isTraining
    self.random = random
    self.share = share
  }

  /// The place of the first example in the whole batch.
  var first: Int { share?.examples.lowerBound ?? 0 }
}

/// Values of a batch, as a step reads them.
public typealias Values = UnsafePointer<Float>
/// Values of a batch, as a step writes them.
public typealias MutableValues = UnsafeMutablePointer<Float>

/// A layer compiled for a batch: forwards and backwards, on memory given by the chain.
///
/// Every pointer is to `pass.count` examples, contiguous, channel innermost. None overlap, but
/// for `dx`, which lies where `x` lies if the step was planned so (`StepPlan.masksInput`), and for those of an
/// `ImagewiseRun`.
public protocol LayerRun: AnyObject {
  /// y ← layer(x).
  func forward(_ x: Values, _ y: MutableValues, _ pass: Pass)

  /// dx ← ∂loss/∂x, and the gradients of the layer's parameters, which are overwritten.
  ///
  /// - Parameters:
  ///   - y: as forward left it.
  ///   - dy: ∂loss/∂y; may be destroyed.
  ///   - dx: nil where nobody needs it.
  func backward(_ x: Values, _ y: Values, _ dy: MutableValues, _ dx: MutableValues?, _ pass: Pass)

  /// Whether it goes from image to image, so that neighbours may do their work on them while they are in the
  /// cache.
  var takesVisits: Bool { get }
  /// The same with visits: before an image of `x` is read, and after it is written in `y`.
  func forward(_ x: Values, _ y: MutableValues, _ pass: Pass, visits: ImageVisits)
  /// The same with visits: before an image of `dy` is read, and after it is written in `dx`.
  func backward(
    _ x: Values, _ y: Values, _ dy: MutableValues, _ dx: MutableValues?, _ pass: Pass,
    visits: ImageVisits)

  /// The weights have been set, and stay as they are until this is called again: what is made of them
  /// may be kept. Not called where they learn.
  func keepWeights()

  /// Whether the input is to lie where the other ranks of a training read it.
  ///
  /// - Parameter share: of the largest batch.
  func wantsWindow(_ share: BatchShare) -> Bool
  /// The input lies there from now on, on all ranks.
  func read(_ window: RankWindow)
}

extension LayerRun {
  public var takesVisits: Bool { false }

  public func forward(_ x: Values, _ y: MutableValues, _ pass: Pass, visits: ImageVisits) {
    precondition(visits.before == nil && visits.after == nil, "takes no visits")
    forward(x, y, pass)
  }

  public func backward(
    _ x: Values, _ y: Values, _ dy: MutableValues, _ dx: MutableValues?, _ pass: Pass,
    visits: ImageVisits
  ) {
    precondition(visits.before == nil && visits.after == nil, "takes no visits")
    backward(x, y, dy, dx, pass)
  }

  public func keepWeights() {}
  public func wantsWindow(_ share: BatchShare) -> Bool { false }
  public func read(_ window: RankWindow) {}
}

/// Where the tensors of a layer lie, and for whom it is compiled.
public struct CompilationSite {
  package var team: ThreadTeam
  /// The largest batch.
  package var batch: Int
  package var isTraining: Bool
  /// Whether neighbouring layers may run as one step.
  package var fuses: Bool
  /// Whether the first step's input needs a gradient.
  package var needsInputGradient: Bool
  /// Of the products of convolutions and dense layers.
  package var precision = Precision.f32
  package var weights: FloatBuffer
  /// As long as `weights`; empty unless training.
  package var gradients: FloatBuffer
  package var statistics: FloatBuffer
  /// Of the layers, one after the other.
  package var memory = PassMemory()
  /// Where ranks change weights for each other.
  package var division: WeightDivision?

  // Safety: slots lie within the buffers, which outlive every run (the compiled network holds both).
  package func value(_ slot: ParameterSlot) -> UnsafeMutablePointer<Float> {
    (slot.shape.isTrained ? weights : statistics).base + slot.offset
  }

  package func gradient(_ slot: ParameterSlot) -> UnsafeMutablePointer<Float> {
    gradients.base + (isTraining ? slot.offset : 0)
  }
}

/// A place where a tensor lies.
public struct ParameterSlot: Sendable, Hashable {
  /// As in files: `conv1.weight`.
  public var name: String
  public var shape: ParameterShape
  /// The first value, within the trained values or within the statistics.
  public var offset: Int
  public var range: Range<Int> { offset..<offset + shape.count }
}

/// A layer in its place in a network.
public struct LayerNode: Sendable {
  /// `conv1`, `maxpool2`…: numbered by kind, from the input on.
  public var name: String
  public var layer: any Layer
  public var input: FeatureShape
  public var output: FeatureShape
  public var slots: [ParameterSlot]
  /// Chains inside the layer.
  public var branches: [[LayerNode]]
}
