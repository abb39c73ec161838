import ConvEngine
import ConvNet
import Synchronization

/// The filters of trained models that a chain of kernels names.
final class ModelFilters: Sendable {
  private let geometries = Mutex<[String: StageGeometry]>([:])

  /// One filter of the first layer as a kernel.
  ///
  /// - Parameters:
  ///   - file: the model file.
  ///   - filter: layer and number: `conv1/5`.
  func kernel(_ file: String, _ filter: String) throws(KernelError) -> Kernel {
    do {
      let bytes = try OpenFile(FilePath(argument: file)).contents(limit: NetworkFile.modelLimit)
      let stage = try ModelFile.decode(bytes).stage(named: filter)
      geometries.withLock { $0["\(file):\(filter)"] = stage.geometry }
      guard var kernel = stage.kernels.first else { preconditionFailure("a stage of one kernel") }
      // The offset of a model is on a scale of 8 bits.
      kernel.offsetWhite = 255
      return kernel
    } catch {
      throw .unusableModel(file, reason: "\(error)")
    }
  }

  /// Gives a stage that is one filter the stride and the padding of its layer, where the user asked
  /// for no others.
  func complete(_ stage: inout Stage) {
    guard let own = geometries.withLock({ $0[stage.name] }) else { return }
    stage.geometry.strideX = stage.geometry.strideX ?? own.strideX
    stage.geometry.strideY = stage.geometry.strideY ?? own.strideY
    stage.geometry.padding = stage.geometry.padding ?? own.padding
  }
}
