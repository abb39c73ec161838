import ConvEngine
import Raster

/// Weights and running statistics that follow those of a network: a moving average, or slow weights.
final class WeightFollower {
  private let compiled: CompiledNetwork
  private let trained: FloatBuffer
  private let statistics: FloatBuffer

  init(_ compiled: CompiledNetwork) {
    self.compiled = compiled
    trained = FloatBuffer(count: compiled.weightBuffer.count)
    statistics = FloatBuffer(count: compiled.statisticsBuffer.count)
    weights = compiled.weights
  }

  var weights: Weights {
    get { Weights(trained: trained.values, statistics: statistics.values) }
    set {
      trained.values = newValue.trained
      statistics.values = newValue.statistics
    }
  }

  /// own ← share·own + (1 − share)·network's.
  func follow(_ share: Float) {
    for (own, other) in pairs {
      VectorSum.average(own.count, decay: share, UnsafePointer(other.base), into: own.base)
    }
  }

  /// The network's ← own.
  func lead() {
    for (own, other) in pairs { other.base.update(from: own.base, count: own.count) }
  }

  /// Own running statistics ← the network's.
  func takeStatistics() {
    statistics.base.update(from: compiled.statisticsBuffer.base, count: statistics.count)
  }

  private var pairs: [(FloatBuffer, FloatBuffer)] {
    [(trained, compiled.weightBuffer), (statistics, compiled.statisticsBuffer)]
  }
}
