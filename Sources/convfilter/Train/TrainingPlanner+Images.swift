import Datasets
import Reports

extension TrainingPlanner {
  /// What to say where images are mirrored that are others then.
  static let mirrorWarning = "digits are others when mirrored, and half of all further views are"

  /// Says which changes do nothing to images without colours.
  static func warnOfColors(
    _ augmentation: Augmentation, _ images: LabelledImages, _ diagnostics: Diagnostics
  ) {
    let color = augmentation.color
    let idle = [("hue", color.hue), ("saturation", color.saturation)].filter { $0.1 > 0 }
    if images.channels == 1, !idle.isEmpty {
      diagnostics.warning(
        "\(idle.map(\.0).joined(separator: " and ")): gray images have no colours to change",
        at: "--augment")
    }
  }

  static func check(
    _ augmentation: Augmentation, _ images: LabelledImages, at place: String
  ) throws {
    let side = min(images.height, images.width)
    if augmentation.translation >= side || (augmentation.crop?.width ?? 1) > side
      || augmentation.cutout >= side
    {
      throw CommandFailure(
        "the images have only \(images.width)x\(images.height) pixels; augment with smaller numbers",
        at: place)
    }
  }
}
