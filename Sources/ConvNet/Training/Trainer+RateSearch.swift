import Libc
import Random

/// Losses under a rate that grows from step to step: where to set the peak.
public struct RateSearch: Sendable, Hashable {
  public struct Point: Sendable, Hashable {
    public var rate: Double
    /// Smoothed over about 20 steps, corrected for the start.
    public var loss: Double

    package init(rate: Double, loss: Double) {
      self.rate = rate
      self.loss = loss
    }
  }

  public var points: [Point]
  /// The rate at which the loss falls fastest; nil where it never falls.
  public var steepest: Double?
  /// A tenth of the rate with the lowest loss.
  public var tenthOfLowest: Double
}

extension Trainer {
  /// Tries rates from `first` to `last`, growing by the same factor every step; the weights, the
  /// optimiser and the progress are as before afterwards.
  ///
  /// Ends early when the loss is four times the lowest, or no number.
  ///
  /// - Parameters:
  ///   - first: the first rate (> 0).
  ///   - last: the last rate (> first).
  ///   - steps: number of steps (≥ 2).
  ///   - onStep: told how many steps are done.
  ///   - shouldStop: asked after every step.
  /// - Throws: errors of the data.
  /// - SeeAlso: Smith, Cyclical Learning Rates, arXiv:1506.01186, section 3.3.
  public func searchRate(
    from first: Double = 1e-6, to last: Double = 1, steps: Int = 100,
    onStep: (Int) -> Void = { _ in }, shouldStop: () -> Bool = { false }
  ) throws -> RateSearch {
    precondition(first > 0 && last > first && steps >= 2, "rates that grow")
    let before = (compiled.weights, optimizer.memories.map(\.values))
    defer {
      compiled.weights = before.0
      for (buffer, values) in zip(optimizer.memories, before.1) { buffer.values = values }
    }
    var points: [RateSearch.Point] = []
    var smoothed = 0.0
    // 0.95: a mean of about the last 20 steps.
    let memory = 0.95
    for step in 0..<steps {
      let rate = first * pow(last / first, Double(step) / Double(steps - 1))
      let positions = plan.positions(step)
      func request(_ step: Int) -> BatchLoader.Request {
        BatchLoader.Request(positions: plan.positions(step), epoch: step / stepsPerEpoch)
      }
      try loader.load(request(step), next: step + 1 < steps ? request(step + 1) : nil)
      let tally = gradient(
        Pass(
          count: positions.count, isTraining: true,
          random: CounterRandom(seed: settings.seed, .dropout, UInt64(step))), step: step)
      guard tally.meanLoss.isFinite else { break }
      smoothed = memory * smoothed + (1 - memory) * tally.meanLoss
      let loss = smoothed / (1 - pow(memory, Double(step + 1)))
      points.append(RateSearch.Point(rate: rate, loss: loss))
      onStep(step + 1)
      if loss > 4 * points.map(\.loss).min()! || shouldStop() { break }
      optimizer.update(rate: rate, step: step, gradientScale: 1)
    }
    return RateSearch(points)
  }
}

extension RateSearch {
  /// The peak to train with, to one digit; nil where the loss never falls.
  ///
  /// Half-way, on the logarithmic scale, between the fastest fall and the lowest loss, but at most a
  /// fifth of the rate with the lowest loss: beyond it weights grow for a while before they burst.
  public var recommended: Double? {
    guard let steepest else { return nil }
    let lowest = 10 * tenthOfLowest
    let rate = min((steepest * lowest).squareRoot(), lowest / 5)
    let exponent = Int(log10(rate).rounded(.down))
    let digit = Int((rate / pow(10, Double(exponent))).rounded())
    // As it would be typed: 9e-3 rather than nine times a thousandth.
    return Double("\(digit)e\(exponent)")
  }

  package init(_ points: [Point]) {
    self.points = points
    let lowest = points.indices.min { points[$0].loss < points[$1].loss }
    tenthOfLowest = lowest.map { points[$0].rate / 10 } ?? 0
    // Rates grow by a constant factor, so differences of losses are slopes over ln rate; taken over
    // a tenth of the search, and neither at its start, where the mean is of a few batches, nor after
    // the lowest loss, where it may fall again from where it has burst.
    let span = max(1, points.count / 10)
    var fall = 0.0
    for index in points.indices.dropFirst(2 * span) where index <= lowest ?? 0 {
      let slope = points[index].loss - points[index - span].loss
      if slope < fall {
        fall = slope
        steepest = points[index - span / 2].rate
      }
    }
  }
}
