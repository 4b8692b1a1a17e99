/** Which way the image is made: built where this machine can build it, else assembled in a folder. */
import { buildImage, findBuilder } from './buildah-image.ts';
import { loadInstructions } from './dockerfile.ts';
import { assembleImage } from './folder-image.ts';
import type { Image } from './image.ts';

/** From PLAYGATE_BASE_IMAGE or else the Dockerfile's BASE, if buildah has it stored here: nothing is pulled. */
export async function createImage(): Promise<Image> {
  const base = process.env.PLAYGATE_BASE_IMAGE ?? (await loadBase());
  const builder = await findBuilder(base);
  return builder === undefined ? assembleImage() : buildImage(builder, base);
}

async function loadBase(): Promise<string> {
  const argument = (await loadInstructions()).find((instruction) => instruction.startsWith('ARG BASE='));
  if (argument === undefined) throw new TypeError('the Dockerfile names no BASE');
  return argument.slice('ARG BASE='.length);
}
