import ConvEngine
import KernelLanguage

extension WindowFold {
  /// Kernels of up to so many taps are looked at for a column and a row that they are products of.
  private static let separableTaps = 4096

  /// The weights of the merged taps, as factors where they have some.
  func real(_ kernel: Kernel) -> RealCorrelation.RealTaps {
    if let factors = factored(kernel).factors {
      return .product(column: factors.column, row: factors.row)
    }
    let taps = self.taps(kernel)
    if kernel.depth == 1, taps.count <= Self.separableTaps, axes.horizontal.taps > 1,
      axes.vertical.taps > 1,
      let factors = Kernel(
        width: axes.horizontal.taps, height: axes.vertical.taps, taps: taps
      ).separated()
    {
      return .product(column: factors.column, row: factors.row)
    }
    return .grid(taps, depth: kernel.depth)
  }

  /// The weights of the merged taps, row by row, channel innermost.
  func taps(_ kernel: Kernel) -> [Double] { grid(kernel.taps, depth: kernel.depth) }
}
