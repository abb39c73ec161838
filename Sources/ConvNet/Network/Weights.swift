import Random

/// How weights start.
public enum Initialization: String, Sendable, Hashable, CaseIterable {
  /// Uniform within ±√(6 / (fan in + fan out)).
  ///
  /// - SeeAlso: Glorot, Bengio, AISTATS 2010.
  case glorot
  /// Uniform within ±√(6 / fan in), made for ReLU.
  ///
  /// - SeeAlso: He et al., arXiv:1502.01852.
  case he
  /// Uniform within ±1/√(fan in), as PyTorch's layers start.
  case uniform
  /// As uniform; then the first filters of a convolution, one for each input channel, pass their own
  /// channel on: 1 at its centre tap and 0 elsewhere.
  ///
  /// - SeeAlso: Zagoruyko, Komodakis, DiracNets, arXiv:1706.00388.
  case dirac
  /// Uniform, with a standard deviation of 1.
  case unit
}

/// The numbers of a network: what training changes by gradient, and running statistics.
public struct Weights: Sendable, Equatable {
  /// `network.trainedCount` values; slots say what lies where.
  public var trained: [Float]
  /// `network.statisticsCount` values.
  public var statistics: [Float]

  public init(trained: [Float], statistics: [Float]) {
    self.trained = trained
    self.statistics = statistics
  }

  /// Weights before training: a function of the seed alone.
  public init(_ network: Network, _ initialization: Initialization = .glorot, seed: UInt64) {
    trained = [Float](repeating: 0, count: network.trainedCount)
    statistics = [Float](repeating: 0, count: network.statisticsCount)
    for (index, slot) in network.slots.enumerated() {
      let shape = slot.shape
      if shape.fanIn > 0 {
        let random = CounterRandom(seed: seed, .weights, UInt64(index))
        (shape.initialization ?? initialization).fill(&trained[slot.range], shape, random)
      } else if shape.start != 0 {
        for i in slot.range {
          if shape.isTrained { trained[i] = shape.start } else { statistics[i] = shape.start }
        }
      }
    }
  }

  /// The values of one tensor, in memory order.
  public func values(of slot: ParameterSlot) -> ArraySlice<Float> {
    slot.shape.isTrained ? trained[slot.range] : statistics[slot.range]
  }

  package mutating func set(_ slot: ParameterSlot, _ values: [Float]) {
    precondition(values.count == slot.shape.count, "one value a place")
    if slot.shape.isTrained {
      trained.replaceSubrange(slot.range, with: values)
    } else {
      statistics.replaceSubrange(slot.range, with: values)
    }
  }
}

extension Initialization {
  /// Draws the values of a tensor.
  fileprivate func fill(
    _ values: inout ArraySlice<Float>, _ shape: ParameterShape, _ random: CounterRandom
  ) {
    let limit =
      switch self {
      case .glorot: (6 / Float(shape.fanIn + shape.fanOut)).squareRoot()
      case .he: (6 / Float(shape.fanIn)).squareRoot()
      case .uniform, .dirac, .unit: (1 / Float(shape.fanIn)).squareRoot()
      }
    let first = values.startIndex
    for i in 0..<shape.count {
      values[first + i] = (2 * random.uniform(UInt64(i)) - 1) * limit
    }
    if self == .dirac, shape.file.count == 4 {
      let (rows, columns) = (shape.memory[0], shape.memory[1])
      let (channels, filters) = (shape.memory[2], shape.memory[3])
      let centre = (rows / 2) * columns + columns / 2
      for tap in 0..<rows * columns {
        for channel in 0..<channels {
          for filter in 0..<min(channels, filters) {
            let isOwn = tap == centre && channel == filter
            values[first + (tap * channels + channel) * filters + filter] = isOwn ? 1 : 0
          }
        }
      }
    }
    if self == .unit, shape.count > 1 {
      let mean = values.reduce(0) { $0 + Double($1) } / Double(shape.count)
      let squares = values.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
      let deviation = Float((squares / Double(shape.count - 1)).squareRoot())
      for i in values.indices { values[i] /= deviation }
    }
  }
}
