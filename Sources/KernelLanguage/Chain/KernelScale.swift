/// The divisor and the offset that a kernel takes under the options, before it becomes integers or
/// meets real numbers.
package struct KernelScale: Sendable {
  package let normalization: Normalization
  /// A divisor of its own, or nil for the kernel's sum (1 where it sums to nothing).
  package let value: Double?
  /// In levels of the input.
  package let offset: Double

  /// - Parameter offset: of the options, in levels of the input.
  package init(
    _ kernel: Kernel, scale: ScaleRule = .asGiven, normalization: Normalization = .none,
    offset: Double = 0, stage: String
  ) throws(FilterError) {
    self.normalization = normalization
    self.offset = kernel.offset + offset
    switch scale {
    case .asGiven: value = kernel.scale
    case .sum: value = nil
    case .value(let given): value = given
    }
    guard kernel.magnitude.isFinite else { throw .notFinite(stage: stage, what: "kernel") }
    guard self.offset.isFinite else { throw .notFinite(stage: stage, what: "offset") }
    if let value {
      guard value.isFinite else { throw .notFinite(stage: stage, what: "scale") }
      guard value != 0 else { throw .zeroScale(stage: stage) }
    }
  }

  /// What sums of `in · tap` are divided by, as a real number.
  package func divisor(_ kernel: Kernel) -> Double {
    switch normalization {
    case .none: value ?? (kernel.sumsToNothing ? 1 : kernel.sum)
    case .unit:
      (kernel.sumsToNothing ? kernel.magnitude / 2 : abs(kernel.sum)) * (value ?? 1)
    case .balanced: value ?? 1
    }
  }

  /// The kernel whose sums are divided by `divisor`.
  package func weighted(_ kernel: Kernel) -> Kernel {
    normalization == .balanced ? kernel.balanced : kernel
  }
}

extension Kernel {
  /// Positive weights of sum 1, negative ones of sum −1.
  fileprivate var balanced: Kernel {
    let taps = taps
    let positive = taps.reduce(0) { $0 + max($1, 0) }
    let negative = -taps.reduce(0) { $0 + min($1, 0) }
    return replacing(
      taps: taps.map { $0 > 0 ? $0 / positive : $0 == 0 ? 0 : $0 / negative }, anchor: anchor)
  }
}
