import ConvEngine
import Raster

/// An optimiser with its memory, over all weights of a network.
final class OptimizerRun {
  let memories: [FloatBuffer]
  private let settings: TrainingSettings
  private let stepsPerEpoch: Int
  private let team: ThreadTeam
  private let weights: FloatBuffer
  private let gradients: FloatBuffer
  /// Runs of weights that move alike.
  private let slices: [Slice]
  /// Those that are changed here.
  private let own: [Slice]
  private let muon: [MuonRun]
  /// Where ranks change weights for each other.
  private let division: WeightDivision?

  private struct Slice {
    var range: Range<Int>
    /// One of the tensors in it; the others are of the same group.
    var slot: ParameterSlot
    var group: ParameterGroup?
    /// Times the rate: the deeper in the network, the less.
    var depthRate: Float
  }

  /// Values that a thread takes at a time.
  private static let grain = 16384

  init(_ settings: TrainingSettings, stepsPerEpoch: Int, _ compiled: CompiledNetwork) {
    self.settings = settings
    self.stepsPerEpoch = stepsPerEpoch
    team = compiled.team
    weights = compiled.weightBuffer
    gradients = compiled.gradientBuffer
    let network = compiled.network
    memories = (0..<settings.optimizer.memories).map { _ in
      FloatBuffer(count: network.trainedCount)
    }
    var slices: [Slice] = []
    var muon: [MuonRun] = []
    let depthRates = network.depthRates(settings.layerDecay)
    for slot in network.slots where slot.shape.learns {
      if settings.optimizer.isMuons(slot.shape) {
        muon.append(MuonRun(slot, team: team, depthRate: depthRates[slot.name] ?? 1))
        continue
      }
      let group = settings.group(of: slot.name)
      let depthRate = depthRates[slot.name] ?? 1
      for start in stride(from: slot.range.lowerBound, to: slot.range.upperBound, by: Self.grain) {
        let end = min(start + Self.grain, slot.range.upperBound)
        if let last = slices.last, last.slot.shape.decays == slot.shape.decays, last.group == group,
          last.depthRate == depthRate, start - last.range.upperBound < 16,
          end - last.range.lowerBound <= Self.grain
        {
          // Small tensors share a slice; the padding between them holds zeros.
          slices[slices.count - 1].range = last.range.lowerBound..<end
        } else {
          slices.append(Slice(range: start..<end, slot: slot, group: group, depthRate: depthRate))
        }
      }
    }
    self.slices = slices
    self.muon = muon
    division = compiled.division
    division?.add(whole: muon.map { ($0.slot, $0.products) })
    own =
      division.map { division in
        slices.flatMap { slice in
          division.own(slice.range).map {
            Slice(range: $0, slot: slice.slot, group: slice.group, depthRate: slice.depthRate)
          }
        }
      } ?? slices
  }

  /// All ranks get the weights, and what is remembered of them, of all.
  func gather() {
    guard let division else { return }
    division.finish()
    memories.forEach(division.gather)
  }

  /// The length of the gradient of all that is trained at a step, summed in a fixed order.
  func gradientNorm(step: Int) -> Double {
    let epoch = step / stepsPerEpoch
    let parts =
      slices.filter { settings.trains($0.slot, epoch: epoch) }.map(\.range)
      + muon.map(\.slot).filter { settings.trains($0, epoch: epoch) }.map(\.range)
    func squares(_ part: Range<Int>) -> Double {
      VectorSum.squares(part.count, gradients.base + part.lowerBound)
    }
    let sums = division?.sums(parts, of: gradients, squares) ?? parts.map(squares)
    return sums.reduce(0, +).squareRoot()
  }

  /// Changes the weights; those that other ranks change may be on their way still (`WeightDivision`).
  ///
  /// - Parameters:
  ///   - rate: of the training at this step, before those of the groups.
  ///   - step: from 0.
  ///   - gradientScale: factor on the gradient (clipping).
  func update(rate: Double, step: Int, gradientScale: Float) {
    let courses = own.map { slice in
      settings.course(of: slice.slot, rate: rate, step: step, perEpoch: stepsPerEpoch)
        .map { ParameterCourse(rate: $0.rate * slice.depthRate, decay: $0.decay) }
    }
    // Safety: slices are disjoint; all buffers are as long as the weights.
    nonisolated(unsafe) let (weights, gradients) = (weights.base, gradients.base)
    nonisolated(unsafe) let memories = memories.map(\.base)
    let ranges = own.map(\.range)
    let optimizer = settings.optimizer
    team.run(own.count) { index in
      guard let course = courses[index] else { return }
      let start = ranges[index].lowerBound
      optimizer.change(
        ranges[index].count, weights + start, gradients + start, memories.map { $0 + start },
        course, step: step, gradientScale: gradientScale)
    }
    // What this rank has done first: the others have its part while it goes on.
    let pieces = division?.pieces.map(\.slot).filter {
      settings.trains($0, epoch: step / stepsPerEpoch)
    }
    let owned = muon.filter { division?.own($0.slot.range).isEmpty != true }
    for slot in pieces ?? [] where !owned.contains(where: { $0.slot == slot }) {
      division?.begin(slot, weights)
    }
    guard case .muon(let momentum, let nesterov, _) = optimizer else { return }
    for run in owned {
      guard
        let course = settings.course(
          of: run.slot, rate: rate, step: step, perEpoch: stepsPerEpoch)
      else { continue }
      let start = run.slot.offset
      run.update(
        weights: weights + start, gradient: gradients + start, velocity: memories[0] + start,
        momentum: momentum, nesterov: nesterov, rate: course.rate * run.depthRate,
        gradientScale: gradientScale)
      division?.begin(run.slot, weights)
    }
  }
}

extension Optimizer {
  /// Changes a run of weights, each by itself.
  fileprivate func change(
    _ count: Int, _ weights: UnsafeMutablePointer<Float>, _ gradient: UnsafePointer<Float>,
    _ memories: [UnsafeMutablePointer<Float>], _ course: ParameterCourse, step: Int,
    gradientScale: Float
  ) {
    switch self {
    case .sgd(let momentum, let nesterov), .muon(_, let nesterov, let momentum):
      var change = SGDStep(rate: course.rate)
      change.momentum = momentum
      change.nesterov = nesterov && momentum > 0
      change.coupledDecay = course.decay
      change.gradientScale = gradientScale
      change(count, weights: weights, gradient: gradient, velocity: memories.first)
    case .adam(let beta1, let beta2, let epsilon), .adamW(let beta1, let beta2, let epsilon):
      var change = AdamStep(rate: course.rate, step: step + 1)
      change.beta1 = beta1
      change.beta2 = beta2
      change.epsilon = epsilon
      if case .adam = self {
        change.coupledDecay = course.decay
      } else {
        change.decay = course.decay
      }
      change.gradientScale = gradientScale
      change(
        count, weights: weights, gradient: gradient, mean: memories[0], square: memories[1])
    }
  }
}
