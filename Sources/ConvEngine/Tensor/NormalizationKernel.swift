internal import CConvKernels

/// Passes over rows of `channels` values that a normalisation with an activation behind it needs.
///
/// The same bytes for a row wherever it stands; sums run over the rows in a fixed order.
public struct NormalizationKernel: Sendable {
  public let channels: Int
  public let activation: ActivationKernel
  private let kernels: TensorKernels

  public init(
    channels: Int, activation: ActivationKernel, instructionSet: InstructionSet = .current
  ) {
    precondition(channels >= 1, "at least one channel")
    self.channels = channels
    self.activation = activation
    kernels = TensorKernels(instructionSet)
  }

  private func work(_ rows: Int, _ x: UnsafePointer<Float>) -> net_norm {
    var work = net_norm()
    work.rows = rows
    work.channels = channels
    work.activation = activation.code
    work.x = x
    return work
  }

  /// y ← f(x·factor + shift); `y` may be `x`.
  public func forward(
    rows: Int, _ x: UnsafePointer<Float>, factor: UnsafePointer<Float>,
    shift: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>
  ) {
    var work = work(rows, x)
    (work.factor, work.shift, work.y) = (factor, shift, y)
    kernels.table.norm_forward(&work)
  }

  /// mean ← Σ x / rows and squares ← Σ (x − mean)² of each channel.
  public func measure(
    rows: Int, _ x: UnsafePointer<Float>, mean: UnsafeMutablePointer<Float>,
    squares: UnsafeMutablePointer<Float>
  ) {
    var work = work(rows, x)
    (work.first, work.second) = (mean, squares)
    kernels.table.norm_measure(&work)
  }

  /// dy ← dy·f′(x·factor + shift); then, of each channel, plain ← Σ dy and product ← Σ dy·(x − mean).
  public func gradientSums(
    rows: Int, _ x: UnsafePointer<Float>, factor: UnsafePointer<Float>,
    shift: UnsafePointer<Float>, mean: UnsafePointer<Float>, dy: UnsafeMutablePointer<Float>,
    plain: UnsafeMutablePointer<Float>, product: UnsafeMutablePointer<Float>
  ) {
    var work = work(rows, x)
    (work.factor, work.shift, work.mean) = (factor, shift, mean)
    (work.dy, work.first, work.second) = (dy, plain, product)
    kernels.table.norm_back_sums(&work)
  }

  /// dx ← dy·factor + (x − mean)·slope + shift; `dx` may be `dy` or `x`.
  public func inputGradient(
    rows: Int, _ x: UnsafePointer<Float>, dy: UnsafeMutablePointer<Float>,
    factor: UnsafePointer<Float>, mean: UnsafePointer<Float>, slope: UnsafePointer<Float>,
    shift: UnsafePointer<Float>, into dx: UnsafeMutablePointer<Float>
  ) {
    var work = work(rows, x)
    (work.factor, work.shift, work.mean, work.slope) = (factor, shift, mean, slope)
    (work.dy, work.y) = (dy, dx)
    kernels.table.norm_back_input(&work)
  }
}
