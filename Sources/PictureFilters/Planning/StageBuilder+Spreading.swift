import KernelLanguage
import Raster

extension StageBuilder {
  /// The stage with its results in real numbers, to be spread over the range; nil for pooling.
  func spreading() throws(FilterError) -> (any SpreadableStage)? {
    let kernels: [Kernel]
    var combination = Combination.sum
    switch stage.operation {
    case .correlate(let kernel): kernels = [kernel]
    case .combine(let several, let how): (kernels, combination) = (several, how)
    case .pool, .unsharp, .change, .neighbourhood: return nil
    }
    return input.sample == .float32
      ? try realSet(kernels, combination) : try set(kernels, combination)
  }
}
