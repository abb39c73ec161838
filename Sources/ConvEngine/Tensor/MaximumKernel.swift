internal import CConvKernels

/// The largest values of windows side by side, in whole registers.
public struct MaximumKernel: Sendable {
  private let kernels = TensorKernels()

  public init() {}

  /// out[w, c] = max over j < height, i < width of in[w·step + j·row + i·channels + c]
  ///
  /// The first of several equal ones; a first value that is no number stays.
  ///
  /// - Parameters:
  ///   - windows: side by side (≥ 0).
  ///   - step: between them, in elements.
  ///   - height, width: of a window, in samples (≥ 1).
  ///   - row: between rows of samples, in elements.
  public func forward(
    windows: Int, step: Int, height: Int, width: Int, row: Int, channels: Int,
    _ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>
  ) {
    // Safety: the caller's windows lie within the map, and `windows · channels` values behind `output`.
    var maximum = net_maximum()
    maximum.input = input
    maximum.row = row
    maximum.column = channels
    maximum.channels = channels
    maximum.height = height
    maximum.width = width
    maximum.windows = windows
    maximum.step = step
    maximum.output = output
    kernels.table.maximum(&maximum)
  }
}
