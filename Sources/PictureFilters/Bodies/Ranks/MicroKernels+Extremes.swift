internal import CConvKernels

extension MicroKernels {
  /// Raises results to some samples, or lowers them, where these are beyond.
  ///
  /// - Parameters:
  ///   - input: of both, `.uint8` or `.uint16`.
  ///   - out: `count` samples, as `samples` has.
  func meet(
    _ samples: UnsafeRawPointer, _ out: UnsafeMutableRawPointer, _ count: Int, of input: Element,
    maximum: Bool
  ) {
    let table = table.pointee
    if input == .uint8 {
      (maximum ? table.raise_u8 : table.lower_u8)(samples.samples(), out.samples(), count)
    } else {
      (maximum ? table.raise_u16 : table.lower_u16)(samples.samples(), out.samples(), count)
    }
  }
}
