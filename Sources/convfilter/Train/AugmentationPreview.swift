import ConvNet
import Datasets
import Raster
import Reports

/// `train --preview`: some images as they are, and as the first epochs would see them.
struct AugmentationPreview {
  let plan: TrainingPlanner
  let memory: MemoryLimit
  /// What the command reads.
  let inputs: () -> InputFiles

  private static let (most, epochs) = (6, 5)
  /// The longest side of an image on the sheet, in pixels.
  private static let side = 160

  func write(to file: FilePath, force: Bool, diagnostics: Diagnostics) throws {
    try WholeFile.check(file, replacing: force, inputs: inputs())
    let sheet = try sheet()
    try NetworkFile.write(sheet.picture(), to: file, replacing: force)
    diagnostics.note(
      "preview: \(file) (augmentation \(AugmentationValue(plan.augmentation).text)); no model is "
        + "trained: leave --preview out for that")
  }

  private func sheet() throws -> ContactSheet {
    let images = plan.data.train
    let normalization = images.normalization()
    let classes = plan.data.dataset.classNames
    let learnt = ImageExamples(
      images, classes: classes.count, normalization: normalization, seed: plan.seed,
      augmentation: plan.augmentation)
    let plain = ImageExamples(
      images, classes: classes.count, normalization: normalization,
      augmentation: Augmentation(crop: plan.augmentation.crop))
    let count = min(Self.most, images.count)
    try memory.check(
      ContactSheet.bytes(
        tiles: count * (Self.epochs + 1), columns: Self.epochs + 1,
        side: max(
          Self.side, learnt.shape.height, learnt.shape.width)),
      for: "the preview", remedy: "use smaller images")
    func tile(_ values: [Float], _ caption: String) -> ContactSheet.Tile {
      ContactSheet.Tile(example: values, shape: learnt.shape, normalization, caption: caption)
    }
    let mix = plan.augmentation.mixup > 0
    var tiles: [ContactSheet.Tile] = []
    for row in 0..<count {
      // Spread over the data: classes stand one behind the other.
      let index = row * images.count / count
      let name = classes[Int(images.labels[index])].visible
      tiles.append(tile(try plain.example(index, epoch: nil), name))
      for epoch in 0..<Self.epochs {
        var values = try learnt.example(index, epoch: epoch)
        var caption = "epoch \(epoch + 1)"
        if mix {
          let other = (index + (epoch + 1) * images.count / (Self.epochs + 1)) % images.count
          let share = plan.mixedShare(step: row * Self.epochs + epoch)
          let below = try learnt.example(other, epoch: epoch)
          for place in values.indices {
            values[place] = share * values[place] + (1 - share) * below[place]
          }
          caption += ", \(Int((share * 100).rounded()))\u{a0}%"
        }
        tiles.append(tile(values, caption))
      }
    }
    return ContactSheet(
      title: "augmentation " + AugmentationValue(plan.augmentation).text, tiles: tiles,
      columns: Self.epochs + 1, side: Self.side)
  }
}

extension TrainingPlanner {
  /// The share of an example's own in a mixed one of a step.
  fileprivate func mixedShare(step: Int) -> Float {
    Mixup(alpha: augmentation.mixup, seed: seed, step: step).share
  }
}
