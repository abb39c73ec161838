import KernelLanguage
import Raster

extension FilterPlan {
  /// Where a part is selected of a chain that must see the whole picture first: the picture and all of
  /// its result are made in memory, and then one is laid over the other.
  struct LaidOver: Sendable {
    private let input: PictureFormat
    private let output: PictureFormat
    private let selection: Selection
    /// The last step, as long as there is no result.
    let planned: SelectionStage

    /// - Throws: `FilterError` where the result has another shape than the picture.
    init(_ stages: [any RowStage], _ selection: Selection) throws(FilterError) {
      (input, output) = (stages[0].input, stages[stages.count - 1].output)
      self.selection = selection
      planned = try SelectionStage([GivenStage(input: input, output: output)], selection)
    }

    /// Bytes of both pictures.
    var heldBytes: Int { input.pictureBytes.saturatingSum(output.pictureBytes) }

    func stage(_ result: Picture) -> SelectionStage {
      do {
        return try SelectionStage(
          [GivenStage(input: input, output: output, picture: result)], selection)
      } catch {
        preconditionFailure("it has been planned: \(error)")
      }
    }
  }

  /// Filters the whole picture, and lays the selected part of the result over it.
  func run(
    _ source: any RowSource, into sink: any RowSink, laidOver: LaidOver, team: ThreadTeam,
    progress: (@Sendable (Int) -> Void)?, cancelled: (@Sendable () -> Bool)?
  ) throws {
    let picture = try inMemory(source, team: team, cancelled: cancelled)
    let result = PictureSink(output)
    try runAll(picture, into: result, team: team, progress: nil, cancelled: cancelled)
    try Pipeline(
      [laidOver.stage(result.picture)], from: picture, into: sink, threads: team.threads,
      progress: progress, cancelled: cancelled
    ).run(team)
  }
}
