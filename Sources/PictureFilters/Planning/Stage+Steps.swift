import KernelLanguage

extension Stage {
  /// The stages that it is a chain of: an opening erodes and dilates.
  package func steps(_ options: FilterOptions) -> [Stage] {
    if case .neighbourhood(.canny(let canny)) = operation, canny.sigma > 0 {
      let radius = GaussianKernel.radius(canny.sigma)
      let line = GaussianKernel.samples(sigma: canny.sigma, count: 2 * radius + 1)
      var soft = self
      soft.operation = .correlate(Kernel(Kernel.Factors(column: line, row: line)))
      return [soft, self]
    }
    guard case .neighbourhood(.morphology(let kind, let element)) = operation,
      kind == .open || kind == .close
    else { return [self] }
    let anchor = element.anchor(options)
    var (first, second) = (self, self)
    first.operation = .neighbourhood(.morphology(kind == .open ? .erode : .dilate, element))
    // Windows may be apart only in the second step.
    first.geometry.strideX = 1
    first.geometry.strideY = 1
    var mirrored = element.mirrored
    mirrored.anchor = Kernel.Anchor(
      x: element.width - 1 - anchor.x, y: element.height - 1 - anchor.y)
    second.operation = .neighbourhood(.morphology(kind == .open ? .dilate : .erode, mirrored))
    return [first, second]
  }
}
