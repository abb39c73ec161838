import KernelLanguage

extension StructuringElement {
  /// The member that meets the output sample.
  func anchor(_ options: FilterOptions) -> Kernel.Anchor {
    anchor ?? options.anchor ?? Kernel.Anchor(x: width / 2, y: height / 2)
  }
}
