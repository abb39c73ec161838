import ImageCodecs

extension JPEGEncoding.Sampling {
  /// How many samples of brightness a sample of colour serves, in the notation of video.
  init?(ratio: String) {
    switch ratio {
    case "4:4:4": self.init(1, 1)
    case "4:2:2": self.init(2, 1)
    case "4:4:0": self.init(1, 2)
    case "4:2:0": self.init(2, 2)
    case "4:1:1": self.init(4, 1)
    default: return nil
    }
  }
}
