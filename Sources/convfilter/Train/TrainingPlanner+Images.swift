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
    let (longer, shorter) = (
      max(images.height, images.width), min(images.height, images.width)
    )
    let crop = augmentation.crop?.width ?? 1
    let (word, most) =
      if augmentation.translation >= longer {
        ("shift=\(augmentation.translation)", longer - 1)
      } else if augmentation.cutout >= longer {
        ("cutout=\(augmentation.cutout)", longer - 1)
      } else {
        ("crop=\(crop)", shorter)
      }
    if augmentation.translation >= longer || augmentation.cutout >= longer || crop > shorter {
      let advice = most == 0 ? "leave it out" : "\(most) is the most"
      throw CommandFailure(
        "\(word): the images have only \(images.width)x\(images.height) pixels; \(advice)",
        at: place)
    }
  }
}
