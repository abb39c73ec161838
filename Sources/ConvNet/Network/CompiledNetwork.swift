public import ConvEngine
import Random
import Raster

/// A network with its memory, ready to run on batches.
///
/// Not to be used by two callers at once; the team's threads are used inside.
public final class CompiledNetwork {
  public let network: Network
  public let team: ThreadTeam
  /// The largest batch.
  public let batch: Int
  package let chain: LayerChain
  package let weightBuffer: FloatBuffer
  package let gradientBuffer: FloatBuffer
  package let statisticsBuffer: FloatBuffer
  /// What runs instead where no gradients are wanted, and the numbers that were folded into it.
  private let folded: FoldedNetwork?
  private var whole: Weights?
  /// Where ranks change weights for each other.
  let division: WeightDivision?

  /// - Parameters:
  ///   - batch: the largest batch (≥ 1).
  ///   - isTraining: whether gradients are wanted.
  ///   - fuses: whether neighbours may run as one step, and normalisations as the weights before
  ///     them; without, every layer's output is seen.
  ///   - precision: of the products of convolutions and dense layers.
  public convenience init(
    _ network: Network, _ weights: Weights, batch: Int, isTraining: Bool = false,
    fuses: Bool = true, precision: Precision = .f32, team: ThreadTeam
  ) {
    self.init(
      network, weights, batch: batch, isTraining: isTraining, fuses: fuses, precision: precision,
      team: team, division: nil)
  }

  /// - Parameter division: filled with what layers leave to the ranks; nil for a training of one.
  init(
    _ network: Network, _ weights: Weights, batch: Int, isTraining: Bool, fuses: Bool = true,
    precision: Precision, team: ThreadTeam, division: WeightDivision?
  ) {
    precondition(batch >= 1, "a batch of at least one")
    self.network = network
    self.team = team
    self.batch = batch
    self.division = division
    folded = isTraining || !fuses ? nil : FoldedNetwork(network)
    let running = folded?.network ?? network
    weightBuffer = FloatBuffer(count: running.trainedCount)
    gradientBuffer = FloatBuffer(count: isTraining ? running.trainedCount : 0)
    statisticsBuffer = FloatBuffer(count: running.statisticsCount)
    chain = LayerChain(
      running.nodes,
      CompilationSite(
        team: team, batch: batch, isTraining: isTraining, fuses: fuses, needsInputGradient: false,
        precision: precision, weights: weightBuffer, gradients: gradientBuffer,
        statistics: statisticsBuffer, division: division))
    self.weights = weights
  }

  /// A copy of the numbers in force; setting copies them in.
  public var weights: Weights {
    get { whole ?? Weights(trained: weightBuffer.values, statistics: statisticsBuffer.values) }
    set {
      whole = folded == nil ? nil : newValue
      let running = folded?.weights(newValue) ?? newValue
      weightBuffer.values = running.trained
      statisticsBuffer.values = running.statistics
      if gradientBuffer.count == 0 { chain.keepWeights() }
    }
  }

  /// The outputs of the last layer for images as the first layer takes them (normalised).
  ///
  /// - Parameter images: `count` examples, channel innermost.
  /// - Returns: `count · network.output.count` values.
  public func outputs(for images: [Float]) -> [Float] {
    let size = network.input.count
    precondition(images.count % size == 0, "whole examples")
    var all: [Float] = []
    all.reserveCapacity(images.count / size * network.output.count)
    images.withUnsafeBufferPointer { images in
      var done = 0
      while done < images.count / size {
        let count = min(batch, images.count / size - done)
        let pass = Pass(count: count, isTraining: false, random: CounterRandom(key: 0))
        let output = chain.forward(images.baseAddress! + done * size, pass)
        all += UnsafeBufferPointer(start: output, count: count * network.output.count)
        done += count
      }
    }
    return all
  }
}
