extension WinogradTiling {
  /// Elements of transformed images at a time: 32 MB.
  private static let most = 1 << 23

  /// Whether a matrix a plane is too large to be gone through for every group of images.
  func isDeep(_ plan: ConvolutionPlan) -> Bool {
    planes * plan.shape.inputChannels * plan.shape.outputChannels >= 1 << 18
  }

  /// Images whose transformed tiles are held at a time.
  func segment(_ plan: ConvolutionPlan) -> Int {
    max(1, Self.most / (planes * tiles * (pixel + plan.shape.outputChannels)))
  }
}
